package dev.tailrace.system;

import static org.awaitility.Awaitility.await;

import dev.tailrace.infra.local.network.Condition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.WebElement;

/** The page in a browser, as someone who looks at it sees it. Threading: one test thread. */
final class LivePage {
  /** The ids of the panels. */
  static final List<String> WAYS = List.of("client", "websocket", "sse", "longpoll", "polling");

  /** At most so many events are shown; the oldest leave. */
  static final int SHOWN = 200;

  /**
   * One event on the page.
   *
   * @param channel empty for a personal event
   */
  record Row(String channel, String id) {}

  private final WebDriver browser;

  LivePage(WebDriver browser) {
    this.browser = browser;
  }

  /** Opens it afresh on these channels, as this user; plain polling asks each second. */
  LivePage open(String baseUrl, String user, List<String> channels) {
    String query =
        Stream.concat(
                channels.stream().map(channel -> "channel=" + channel),
                Stream.of("user=" + user, "every=1"))
            .collect(Collectors.joining("&"));
    browser.get(baseUrl + "/?" + query);
    return this;
  }

  /**
   * A figure of a way: state, by (the transport it goes by), switches (how often that changed),
   * cursor, events, gaps, missing, behind, twice, disordered.
   */
  String figure(String way, String name) {
    Object value =
        script("return document.getElementById(arguments[0])?.dataset[arguments[1]]", way, name);
    return value == null ? "" : value.toString();
  }

  /** Whether the way has a connection that has told where it starts. */
  boolean isLive(String way) {
    return figure(way, "state").equals("live") && !figure(way, "cursor").isEmpty();
  }

  /** What the list of a way shows, the oldest first. */
  List<Row> rows(String way) {
    Object rows =
        script(
            """
            return [...document.querySelectorAll(`#${arguments[0]} .events li[data-id]`)].reverse()
                .map((row) => ({channel: row.dataset.channel, id: row.dataset.id}))
            """,
            way);
    return ((List<?>) rows)
        .stream()
            .map(row -> (Map<?, ?>) row)
            .map(row -> new Row(String.valueOf(row.get("channel")), String.valueOf(row.get("id"))))
            .toList();
  }

  /** whole, behind, fault or waiting. */
  String verdict() {
    return String.valueOf(script("return document.getElementById('verdict').dataset.verdict"));
  }

  void cut(String way) {
    find("#" + way + " .cut").click();
  }

  void resume(String way) {
    find("#" + way + " .resume").click();
  }

  /** Chooses another network, where the page was loaded through one that can be made bad. */
  void network(Condition condition) {
    find(".conditions [value=" + condition.text() + "]").click();
    await(condition.text())
        .atMost(Duration.ofSeconds(20))
        .until(() -> count("#network[data-condition=" + condition.text() + "]") == 1);
  }

  /** Fills in the box and sends it. */
  void publish(String channel, String type, String json) {
    fill("#publish-to", channel);
    fill("#publish-type", type);
    fill("#publish-data", json);
    find("#publish .primary").click();
  }

  /** The id that the box shows as acknowledged; empty while there is none. */
  String acknowledgedId() {
    Object id = script("return document.getElementById('publish-result').dataset.id");
    return id == null ? "" : id.toString();
  }

  /** How many elements of the page match. */
  int count(String selector) {
    return browser.findElements(By.cssSelector(selector)).size();
  }

  /** The text of the data column of an event. */
  String dataOf(String way, String id) {
    return find("#%s .events li[data-id=\"%s\"] .data".formatted(way, id)).getText();
  }

  /** Everything the panels say of themselves, for the message of a failed test. */
  String describe() {
    return String.valueOf(
        script(
            """
            return JSON.stringify([...document.querySelectorAll('.panel')]
                .map((panel) => ({...panel.dataset, note: panel.querySelector('.note').textContent})))
            """));
  }

  private void fill(String selector, String text) {
    WebElement field = find(selector);
    field.clear();
    field.sendKeys(text);
  }

  private WebElement find(String selector) {
    return browser.findElement(By.cssSelector(selector));
  }

  private Object script(String script, Object... arguments) {
    return ((JavascriptExecutor) browser).executeScript(script, arguments);
  }
}
