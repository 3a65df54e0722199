package dev.tailrace.system;

import dev.tailrace.testing.history.ClientLog;
import java.util.List;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.WebDriver;

/** The client on a page of a browser, whose origin is not the edge's. */
final class PageWebClient extends WebClient {
  private static final String START =
      """
      const [origin, options, channels, done] = arguments;
      window.told = [];
      import('/follow.js').then(({follow}) => {
        const tell = (kind, body) => window.told.push([kind, JSON.stringify(body)]);
        window.addEventListener(
            'unhandledrejection', ({reason}) => tell('unhandled', String(reason)));
        window.client = follow(origin, JSON.parse(options), JSON.parse(channels), tell);
      }).then(() => done(''), (fault) => done(String(fault)));
      """;

  private final WebDriver browser;

  /**
   * Opens a page and starts it there.
   *
   * @param page whose origin serves the client
   * @param options of {@code connect}, as JSON
   */
  PageWebClient(
      WebDriver browser,
      String page,
      ClientLog log,
      String origin,
      String user,
      List<String> channels,
      String options) {
    super(log, user, channels);
    this.browser = browser;
    browser.get(page);
    Object fault =
        ((JavascriptExecutor) browser)
            .executeAsyncScript(START, origin, options, WebClientFiles.names(channels));
    if (!"".equals(fault)) {
      throw new AssertionError(fault);
    }
  }

  private Object script(String script) {
    return ((JavascriptExecutor) browser).executeScript(script);
  }

  @Override
  void look() {
    for (Object one : (List<?>) script("return window.told.splice(0)")) {
      List<?> parts = (List<?>) one;
      told(String.valueOf(parts.get(0)), String.valueOf(parts.get(1)));
    }
  }

  @Override
  void call(String method) {
    script("window.client." + method + "()");
  }

  @Override
  public void close() {
    call("close");
  }
}
