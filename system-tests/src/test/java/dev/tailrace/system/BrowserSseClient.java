package dev.tailrace.system;

import java.util.List;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.WebDriver;

/** A browser's own EventSource, on a page of the same origin. */
final class BrowserSseClient implements SseClient {
  private static final String START =
      """
      window.told = [];
      window.source = new EventSource(arguments[0]);
      const tell = ({type, lastEventId, data}) => window.told.push([type, lastEventId, data]);
      ['message', 'tailrace.cursor', 'tailrace.gap'].forEach(
          (type) => window.source.addEventListener(type, tell));
      """;

  private final WebDriver browser;

  /**
   * Opens both.
   *
   * @param page anything that has the origin of the stream
   */
  BrowserSseClient(WebDriver browser, String page, String url) {
    this.browser = browser;
    browser.get(page);
    script(START, url);
  }

  private Object script(String script, Object... arguments) {
    return ((JavascriptExecutor) browser).executeScript(script, arguments);
  }

  @Override
  public List<Told> told() {
    return ((List<?>) script("return window.told"))
        .stream()
            .map(block -> (List<?>) block)
            .map(
                block ->
                    new Told(
                        String.valueOf(block.get(0)),
                        String.valueOf(block.get(1)),
                        String.valueOf(block.get(2))))
            .toList();
  }

  @Override
  public void close() {
    script("window.source.close()");
  }
}
