package dev.tailrace.system;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * The Chromium installed on this machine and its driver. Both paths are handed to Selenium, so that
 * it looks for nothing and downloads nothing.
 *
 * @param browser the executable to drive
 * @param driver the matching chromedriver
 */
record Chromium(Path browser, Path driver) {
  static final String MISSING = "no Chromium: install chromium and chromium-driver";

  private static final List<String> BROWSERS =
      List.of("chromium", "chromium-browser", "google-chrome-stable", "google-chrome");
  private static final List<String> DRIVERS = List.of("chromedriver", "chromium.chromedriver");

  /** The first of each found on the PATH. */
  static Optional<Chromium> find() {
    return Installed.find(BROWSERS)
        .flatMap(b -> Installed.find(DRIVERS).map(d -> new Chromium(b, d)));
  }

  /**
   * A browser of its own without a window, with these arguments besides; {@code quit} ends it and
   * its driver.
   */
  ChromeDriver open(Path profile, String... more) {
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(driver.toFile())
            .usingAnyFreePort()
            .build();
    ChromeOptions options = new ChromeOptions();
    options.setBinary(browser.toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--user-data-dir=" + profile,
        "--window-size=1440,1000");
    options.addArguments(more);
    ChromeDriver opened = new ChromeDriver(service, options);
    opened.manage().timeouts().scriptTimeout(Duration.ofSeconds(30));
    return opened;
  }
}
