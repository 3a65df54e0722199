package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;

/** Tabs of one site that share a connection, in Chromium. */
class SharedWebClientIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String SOCKET = "GET /v1/socket";
  private static final String OPEN =
      """
      const [origin, module, done] = arguments;
      window.seen = [];
      window.failed = [];
      window.addEventListener('unhandledrejection', ({reason}) => failed.push(String(reason)));
      import(module).then(async ({connectShared}) => {
        window.client = connectShared(origin, {user: 'ann', share: 'ann', locate: false});
        client.subscribe('tabs.a', ({data}) => seen.push(data));
        client.subscribe('no spaces', () => {}, {onError: ({code}) => failed.push(code)});
        (async () => {
          for await (const {data} of client.subscribe('tabs.b', {since: '10m'})) {
            seen.push(data);
          }
          seen.push('loop over');
        })();
      }).then(() => done(''), (fault) => done(String(fault)));
      """;
  private static final String PUBLISH =
      """
      const [channel, data, done] = arguments;
      client.publish(channel, data).then(() => done(''), (fault) => done(String(fault)));
      """;

  @TempDir static Path profile;

  private static Platform platform;
  private static WebClientFiles site;
  private static ChromeDriver browser;

  @BeforeAll
  static void start() throws Exception {
    Optional<Chromium> chromium = Chromium.find();
    Assumptions.assumeTrue(chromium.isPresent(), Chromium.MISSING);
    platform = Platform.start();
    site = WebClientFiles.serve();
    browser = chromium.orElseThrow().open(profile);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.quit();
    }
    if (site != null) {
      site.close();
    }
    if (platform != null) {
      platform.close();
    }
  }

  @Test
  void shouldHoldOneConnectionForAllTabs() throws Exception {
    try (Middlebox box = Middlebox.before(platform.baseUrl())) {
      String first = openTab(box);
      publish("tabs.b", "past");
      awaitSeen(first, "past");
      String second = openTab(box);
      awaitSeen(second, "past");
      publish("tabs.a", "both");
      awaitSeen(first, "both");
      awaitSeen(second, "both");

      browser.switchTo().window(first).close();
      browser.switchTo().window(second);
      publish("tabs.a", "one is left");
      awaitSeen(second, "one is left");

      assertThat(box.connections(SOCKET)).hasSize(1);
      assertThat(list("failed")).containsExactly("bad_channel");
      assertThat(list("seen")).doesNotHaveDuplicates();
      browser.executeScript("client.close()");
      awaitSeen(second, "loop over");
    }
  }

  @Test
  void shouldConnectWithoutAWorkerWhereItsScriptIsBlocked() throws Exception {
    shouldConnectByItself(site.strictPage(), "/shared.js");
  }

  @Test
  void shouldConnectWithoutAWorkerWhereTheModuleIsOfAnotherOrigin() throws Exception {
    try (WebClientFiles other = WebClientFiles.serve()) {
      shouldConnectByItself(site.page(), other.page() + "shared.js");
    }
  }

  private static void shouldConnectByItself(String page, String module) throws Exception {
    try (Middlebox box = Middlebox.before(platform.baseUrl())) {
      String first = openTab(box, page, module);
      String second = openTab(box, page, module);
      publish("tabs.a", page + module);
      awaitSeen(first, page + module);
      awaitSeen(second, page + module);

      assertThat(box.connections(SOCKET)).hasSize(2);
      assertThat(list("failed")).noneMatch(fault -> fault.contains("Error"));
      browser.executeScript("client.close()");
      awaitSeen(second, "loop over");
    }
  }

  private static String openTab(Middlebox box) {
    return openTab(box, site.page(), "/shared.js");
  }

  private static String openTab(Middlebox box, String page, String module) {
    browser.switchTo().newWindow(WindowType.TAB);
    browser.get(page);
    assertThat(browser.executeAsyncScript(OPEN, box.baseUrl(), module)).isEqualTo("");
    await("live")
        .atMost(SOON)
        .until(() -> browser.executeScript("return client.state").equals("live"));
    return browser.getWindowHandle();
  }

  private static void publish(String channel, String data) {
    assertThat(browser.executeAsyncScript(PUBLISH, channel, data)).isEqualTo("");
  }

  private static List<String> list(String name) {
    List<?> all = (List<?>) browser.executeScript("return window." + name);
    return all.stream().map(String::valueOf).toList();
  }

  private static void awaitSeen(String tab, String data) {
    browser.switchTo().window(tab);
    await(data)
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(list("seen")).as(() -> "beside " + list("failed")).contains(data));
  }
}
