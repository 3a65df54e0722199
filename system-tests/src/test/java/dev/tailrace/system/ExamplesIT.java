package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.tailrace.edge.EdgeServer;
import dev.tailrace.support.config.Settings;
import dev.tailrace.testing.LaneFold;
import dev.tailrace.v1.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;

/** Each of {@code examples/} in Chromium, as the people see it for whom it is made. */
class ExamplesIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String MARKUP = "<img src=x id=injected>";
  private static final Pattern SNIPPET =
      Pattern.compile("(?ms)^<!-- page: (.+?) -->\n```js\n(.*?)^```$");
  private static final Pattern NGINX =
      Pattern.compile("(?ms)^<!-- nginx -->\n```nginx\nlocation / \\{\n +proxy_pass .+?\n(.*?)^}$");
  private static final String NO_STORAGE =
      """
      Object.defineProperty(window, 'localStorage', {
        get() { throw new DOMException('denied', 'SecurityError'); },
      });
      """;

  /** Seven streams, a request behind them, and when six are open a WebSocket. */
  private static final String STREAMS =
      """
      const [origin] = arguments;
      window.isOpen = (stream) => stream.readyState === EventSource.OPEN;
      window.opened = 0;
      window.answers = 0;
      window.socket = {};
      window.streams = Array.from(
          {length: 7}, () => new EventSource(`${origin}/v1/events?channel=six&user=ida`));
      window.streams.forEach((stream) => {
        stream.onopen = () => {
          if (++window.opened === 6) {
            fetch(`${origin}/v1/poll?channel=six&user=ida&wait=0`).then(() => window.answers++);
            window.socket = new WebSocket(`${origin.replace('http', 'ws')}/v1/socket?user=ida`);
          }
        };
      });
      """;

  @TempDir static Path folder;

  private static Platform platform;
  private static OutsideProducer producer;
  private static ExamplesSite site;
  private static ChromeDriver browser;
  private static ShownPage page;

  private final String firstTab = browser.getWindowHandle();

  @BeforeAll
  static void start() throws Exception {
    Assumptions.assumeTrue(Chromium.find().isPresent(), Chromium.MISSING);
    platform = Platform.start();
    producer = new OutsideProducer(platform.bootstrapServers());
    site = ExamplesSite.serve();
    browser =
        Chromium.find()
            .orElseThrow()
            .open(folder.resolve("profile"), "--ignore-certificate-errors");
    page = new ShownPage(browser);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.quit();
    }
    if (site != null) {
      site.close();
    }
    if (producer != null) {
      producer.close();
    }
    if (platform != null) {
      platform.close();
    }
  }

  @AfterEach
  void leaveOneEmptyTab() {
    for (String tab : browser.getWindowHandles()) {
      if (!tab.equals(firstTab)) {
        browser.switchTo().window(tab).close();
      }
    }
    browser.switchTo().window(firstTab).get(site.index());
  }

  @Test
  void shouldKeepNotificationsThroughReloadsAndAbsence() {
    openLive("notifications", "user=nina");
    page.type("#text", MARKUP);
    page.click("#send button");
    page.awaitTexts("#list span", MARKUP);
    assertThat(page.text("#badge")).isEqualTo("1");

    browser.get(site.index());
    notifyUser("nina", "while you were away");
    openLive("notifications", "user=nina");
    page.awaitTexts("#list span", "while you were away", MARKUP);
    assertThat(page.text("#badge")).isEqualTo("2");
    assertThat(page.count("#injected")).isZero();

    page.click("#read");
    browser.navigate().refresh();
    awaitLive();
    notifyUser("nina", "another");
    page.awaitTexts("#list span", "another", "while you were away", MARKUP);
    assertThat(page.text("#badge")).isEqualTo("1");
  }

  @Test
  void shouldNotifyWhereStorageIsDenied() {
    Object script =
        browser
            .executeCdpCommand(
                "Page.addScriptToEvaluateOnNewDocument", Map.of("source", NO_STORAGE))
            .get("identifier");
    try {
      openLive("notifications", "user=noah");
      page.awaitText("#connection li", "This browser keeps nothing");
      notifyUser("noah", "hello");
      page.awaitTexts("#list span", "hello");
      assertThat(page.text("#connection")).as("nothing was thrown").startsWith("Live");

      browser.navigate().refresh();
      page.awaitTexts("#list span", "hello");
    } finally {
      browser.executeCdpCommand(
          "Page.removeScriptToEvaluateOnNewDocument", Map.of("identifier", script));
    }
  }

  /** As after a move to another cluster. */
  @Test
  void shouldSayThatSomethingIsMissing() {
    browser.get(site.index());
    page.script(
        "localStorage.setItem('tailrace.notifications.gail', arguments[0])",
        "{\"items\":[],\"cursor\":\"zzz~u1-1.5~c1-0.0\"}");
    openLive("notifications", "user=gail");

    page.awaitText("#connection li", "Some events are missing here: they were in another log.");
    notifyUser("gail", "from now on");
    page.awaitTexts("#list span", "from now on");
    page.click("#connection li button");
    assertThat(page.count("#connection li")).isZero();
  }

  @Test
  void shouldShowTheNewestOfEachMatch() {
    for (int minute = 1; minute <= 20; minute++) {
      score("minute", "Rovers-United", minute, 0);
      score("minute", "Albion-" + MARKUP, minute, 1);
    }
    openLive("scoreboard", "channel=matches");
    page.awaitTexts("#matches tr", "Rovers 0 : 0 United 20′", "Albion 1 : 0 " + MARKUP + " 20′");

    for (int minute = 21; minute <= 60; minute++) {
      score("minute", "Albion-" + MARKUP, minute, 1);
      score("minute", "Rovers-United", minute, minute < 60 ? 0 : 1);
    }
    score("goal", "Rovers-United", 61, 2);

    page.awaitTexts("#matches tr", "Rovers 2 : 0 United 61′", "Albion 1 : 0 " + MARKUP + " 60′");
    assertThat(page.text("#heard")).isEqualTo("Goal! Rovers-United 2 : 0");
    assertThat(page.count("#injected")).isZero();
  }

  @Test
  void shouldTalkInTwoTabs() {
    // The page asks for what was dispatched within a second of an event's time: ahead, they are.
    lastTime = Instant.now().plusSeconds(3);
    for (int i = 0; i < 60; i++) {
      toChannel("room.a", "remark", "{\"from\":\"linus\",\"text\":\"before %d\"}".formatted(i));
    }
    await("all are dispatched, and past")
        .atMost(SOON)
        .until(
            () ->
                LaneFold.read(platform.bootstrapServers()).channel("room.a").size() == 60
                    && Instant.now().isAfter(lastTime));
    openLive("chat", "room=room.a&user=ada");
    page.awaitCount("#said li", 50);
    String ada = browser.getWindowHandle();
    browser.switchTo().newWindow(WindowType.TAB);
    openLive("chat", "room=room.a&user=grace");

    say("anybody here?");
    browser.switchTo().window(ada);
    page.awaitText("#said li:last-child p", "anybody here?");
    assertThat(page.text("#said li:last-child strong")).isEqualTo("grace");
    say(MARKUP);
    page.awaitCount("#said .sending", 0);
    assertThat(page.count("#said .own")).isEqualTo(1);
    page.click("#older");
    page.awaitCount("#said li", 62);
    assertThat(page.text("#said li:first-child p")).isEqualTo("before 0");

    browser.navigate().refresh();
    page.awaitCount("#said li", 50);
    assertThat(page.text("#said li:last-child p")).isEqualTo(MARKUP);
    assertThat(page.text("#said li:nth-last-child(2) p")).isEqualTo("anybody here?");
    assertThat(page.count("#injected")).isZero();
  }

  @Test
  void shouldFollowAnOrderFromItsBeginningToItsEnd() {
    step("received");
    step("paid");
    openLive("order-tracking", "order=7-A");
    page.awaitTexts("#steps .done span", "Received\nby 7-A", "Paid\nby 7-A");

    page.click("#next");
    page.awaitText("#packed.done small", "one box, 2.1 kg");
    step("shipped");
    step("delivered");
    page.awaitText("#over", "This order has arrived");
    assertThat(page.count("#steps .done")).isEqualTo(5);

    page.type("#number", "8-B");
    page.click("#find button");
    assertThat(page.text("#order")).isEqualTo("8-B");
    assertThat(page.count("#steps .done")).isZero();
    page.click("#next");
    page.awaitText("#received.done small", "thank you");
  }

  @Test
  void shouldShowOthersPointers() {
    openLive("cursor-board", "user=ada");
    String ada = browser.getWindowHandle();
    browser.switchTo().newWindow(WindowType.TAB);
    openLive("cursor-board", "user=grace");
    String grace = browser.getWindowHandle();
    browser.switchTo().window(ada);

    WebElement board = page.find("#board");
    for (int i = 0; i < 10; i++) {
      board.sendKeys(Keys.ARROW_RIGHT);
    }
    browser.switchTo().window(grace);
    page.awaitNumber("parseFloat(document.querySelector('[data-who=ada]')?.style.left ?? 0)", 70);
    page.awaitText("#who", "Here with you: ada");

    browser.switchTo().window(ada);
    page.script("document.querySelector('#board').dispatchEvent(new PointerEvent('pointerleave'))");
    browser.switchTo().window(grace);
    page.awaitText("#who", "Nobody else is moving.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"notifications", "scoreboard", "chat", "order-tracking", "cursor-board"})
  void shouldSayHowItIsConnected(String example) throws IOException {
    try (Middlebox box = Middlebox.before(platform.baseUrl())) {
      browser.get(site.page(example, box.baseUrl(), "user=ida"));
      page.awaitText("#connection", "Live by WebSocket");

      box.refuse(request -> true);
      box.cut();
      page.awaitText("#connection", "Try now");
      box.goOn();
      awaitLive();
      page.script("dispatchEvent(new Event('pagehide'))");
      page.awaitText("#connection", "Asleep");
      page.click("#connection > button");
      awaitLive();
    }
    browser.get(site.page(example, "ftp://nowhere", "user=ida"));
    page.awaitText("#connection", "ftp://nowhere is no URL like https://events.example.com");
  }

  /** Chromium opens six connections of HTTP/1.1 to one origin, for all its tabs together. */
  @Test
  void shouldHaveNoSeventhStreamOverHttp1() {
    browser.get(site.index());
    page.script(STREAMS, platform.baseUrl());
    page.awaitNumber("streams.filter(isOpen).length", 6);

    page.awaitNumber("socket.readyState", 1);
    assertThat(page.number("streams.filter(isOpen).length")).isEqualTo(6);
    assertThat(page.number("answers")).as("requests wait, too").isZero();

    page.script("streams.slice(0, 2).forEach(stream => stream.close())");
    page.awaitNumber("opened + answers", 8);
    page.script("streams.forEach(stream => stream.close())");
  }

  @Test
  void shouldHaveRoomForManyStreamsOverHttp2() throws IOException {
    HeldCertificate own =
        new HeldCertificate.Builder().addSubjectAlternativeName("127.0.0.1").build();
    Path certificate = Files.writeString(folder.resolve("tls.crt"), own.certificatePem());
    Path key = Files.writeString(folder.resolve("tls.key"), own.privateKeyPkcs8Pem());
    Settings settings =
        Settings.of(
            Map.of(
                "dev",
                "true",
                "kafka.bootstrap.servers",
                platform.bootstrapServers(),
                "edge.port",
                "0",
                "edge.operator.port",
                "0",
                "edge.tls.certificate",
                certificate.toString(),
                "edge.tls.key",
                key.toString()));
    try (EdgeServer secure = EdgeServer.start(settings)) {
      browser.get(site.index());
      page.script(STREAMS, "https://127.0.0.1:" + secure.port());

      page.awaitNumber("opened + answers", 8);
      page.script("streams.forEach(stream => stream.close())");
    }
  }

  /** Each snippet of the guide as it stands, but that half a minute is shorter here. */
  @ParameterizedTest
  @MethodSource("snippets")
  void shouldRunTheGuidesSnippets(String name, String code) {
    run(code.replace("30_000", "300"), platform.baseUrl());

    awaitShown();
  }

  @Test
  void shouldPassNginxAsTheGuideHasIt() throws Exception {
    Assumptions.assumeTrue(Nginx.find().isPresent(), Nginx.MISSING);
    String location = found(NGINX).getFirst().group(1);
    try (Nginx nginx = Nginx.start(folder.resolve("nginx"), platform.baseUrl(), location)) {
      browser.get(site.page("scoreboard", nginx.baseUrl(), "channel=scores"));
      page.awaitText("#connection", "Live by WebSocket");
      String eventSource =
          found(SNIPPET).stream()
              .filter(snippet -> snippet.group(1).equals("EventSource"))
              .findFirst()
              .orElseThrow()
              .group(2);
      run(eventSource, nginx.baseUrl());
      awaitShown();
    }
  }

  static List<Arguments> snippets() throws IOException {
    return found(SNIPPET).stream()
        .map(snippet -> Arguments.of(snippet.group(1), snippet.group(2)))
        .toList();
  }

  private static List<MatchResult> found(Pattern pattern) throws IOException {
    List<MatchResult> found = pattern.matcher(Docs.page("docs/guide/README.md")).results().toList();
    assertThat(found).isNotEmpty();
    return found;
  }

  private static void run(String code, String origin) {
    browser.get(site.index());
    page.script(
        """
        window.shown = [];
        window.show = (event) => window.shown.push(event.data.match);
        const module = document.createElement('script');
        module.type = 'module';
        module.textContent = arguments[0];
        document.body.append(module);
        """,
        code.replace(DocExample.EDGE, origin));
  }

  /** It may begin at the present, whenever that is. */
  private static void awaitShown() {
    await("an event")
        .atMost(SOON)
        .until(
            () -> {
              toChannel("scores", "minute", "{\"match\":\"guide\"}");
              return page.number("window.shown.filter((match) => match === 'guide').length") > 0;
            });
  }

  private static void notifyUser(String user, String text) {
    producer.offer(
        user, event("notice", "{\"text\":\"%s\"}".formatted(text)).addUsers(user).build());
  }

  private static void score(String type, String match, int minute, int home) {
    Event event =
        event(
                type,
                "{\"match\":\"%s\",\"minute\":%d,\"home\":%d,\"away\":0}"
                    .formatted(match, minute, home))
            .setConflationKey(match)
            .addChannels("matches")
            .build();
    producer.offer("matches", event);
  }

  private static void step(String type) {
    toChannel("orders.7-A", type, "{\"note\":\"by 7-A\"}");
  }

  private static Instant lastTime = Instant.EPOCH;

  private static void toChannel(String channel, String type, String json) {
    producer.offer(channel, event(type, json).addChannels(channel).build());
  }

  /** Each later than the one before, by what a page can tell apart: it orders them so. */
  private static Event.Builder event(String type, String json) {
    Instant next = lastTime.plusMillis(1);
    Instant now = Instant.now();
    lastTime = next.isAfter(now) ? next : now;
    now = lastTime;
    return Event.newBuilder()
        .setType(type)
        .setTime(Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
        .setData(ByteString.copyFromUtf8(json));
  }

  private static void openLive(String example, String query) {
    browser.get(site.page(example, platform.baseUrl(), query));
    awaitLive();
  }

  private static void awaitLive() {
    page.awaitText("#connection", "Live");
  }

  private static void say(String text) {
    page.type("#text", text);
    page.click("#say button");
  }
}
