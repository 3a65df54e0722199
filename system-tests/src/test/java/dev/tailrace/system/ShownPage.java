package dev.tailrace.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.WebElement;

/**
 * What the tab that has the driver shows, and what can be done there.
 *
 * <p>Threading: one test thread.
 */
final class ShownPage {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private static final String TEXTS =
      """
      return [...document.querySelectorAll(arguments[0])]
          .map((shown) => shown.innerText.replaceAll('\\t', ' ').trim())
      """;

  private final WebDriver browser;

  ShownPage(WebDriver browser) {
    this.browser = browser;
  }

  /** The texts of these elements, in their order. */
  List<String> texts(String selector) {
    return ((List<?>) script(TEXTS, selector)).stream().map(String::valueOf).toList();
  }

  /** The text of the first of these, on one line; empty when there is none. */
  String text(String selector) {
    List<String> all = texts(selector);
    return all.isEmpty() ? "" : all.getFirst().replace('\n', ' ');
  }

  int count(String selector) {
    return browser.findElements(By.cssSelector(selector)).size();
  }

  void awaitTexts(String selector, String... texts) {
    await(selector)
        .atMost(SOON)
        .pollInterval(LOOK_AGAIN)
        .untilAsserted(() -> assertThat(texts(selector)).containsExactly(texts));
  }

  void awaitText(String selector, String part) {
    await(selector)
        .atMost(SOON)
        .pollInterval(LOOK_AGAIN)
        .untilAsserted(() -> assertThat(text(selector)).contains(part));
  }

  void awaitCount(String selector, int count) {
    awaitNumber("document.querySelectorAll('" + selector + "').length", count);
  }

  /** What this expression becomes on the page. */
  void awaitNumber(String expression, long number) {
    await(expression)
        .atMost(SOON)
        .pollInterval(LOOK_AGAIN)
        .untilAsserted(() -> assertThat(number(expression)).isEqualTo(number));
  }

  long number(String expression) {
    return ((Number) script("return " + expression)).longValue();
  }

  WebElement find(String selector) {
    return browser.findElement(By.cssSelector(selector));
  }

  void click(String selector) {
    find(selector).click();
  }

  void type(String selector, String text) {
    WebElement field = find(selector);
    field.clear();
    field.sendKeys(text);
  }

  Object script(String script, Object... arguments) {
    return ((JavascriptExecutor) browser).executeScript(script, arguments);
  }
}
