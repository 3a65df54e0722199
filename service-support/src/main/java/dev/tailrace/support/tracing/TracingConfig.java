package dev.tailrace.support.tracing;

import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.SettingException;
import dev.tailrace.support.config.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether traces are kept, and where they go.
 *
 * @param endpoint the collector; null: no traces are kept
 * @param sampleRatio of the events whose producer says nothing of a trace, how many begin one
 * @param queue most spans that wait for the collector
 */
public record TracingConfig(@Nullable URI endpoint, double sampleRatio, int queue) {
  private static final String PATH = "/v1/traces";

  /** Without what was given: there may be a password in it. */
  private static final String REFUSED =
      "tracing.endpoint is no address such as http://127.0.0.1:4318/v1/traces, without a user and"
          + " password: correct it, or leave it empty for no traces";

  private static final Setting<String> ENDPOINT =
      Setting.text(
          "tracing.endpoint",
          "",
          "Collector that traces are sent to, by OTLP over HTTP, such as"
              + " http://127.0.0.1:4318/v1/traces; empty: none are kept");

  private static final Setting<Double> SAMPLE_RATIO =
      new Setting<>(
          "tracing.sample.ratio",
          "Of the events whose producer says nothing of a trace (traceparent), how many begin one:"
              + " from 0 to 1. Where the producer says whether his is sampled, that holds",
          "0",
          TracingConfig::ratio,
          false);

  private static final Setting<Integer> QUEUE =
      Setting.number(
          "tracing.queue",
          4_096,
          16,
          1_000_000,
          "Most spans that wait to be sent to the collector; more are dropped, and counted");

  /** What an edge reads: it follows what dispatchers have begun. */
  public static final List<Setting<?>> EDGE_SETTINGS = List.of(ENDPOINT, QUEUE);

  /** What a dispatcher reads. */
  public static final List<Setting<?>> DISPATCHER_SETTINGS = List.of(ENDPOINT, SAMPLE_RATIO, QUEUE);

  /** Without traces. */
  public static final TracingConfig OFF = new TracingConfig(null, 0, 16);

  /**
   * Those of a configuration.
   *
   * @throws SettingException when the endpoint is none
   */
  public static TracingConfig from(Settings settings) {
    String endpoint = settings.get(ENDPOINT);
    return new TracingConfig(
        endpoint.isEmpty() ? null : endpoint(endpoint),
        settings.get(SAMPLE_RATIO),
        settings.get(QUEUE));
  }

  /** Whether traces are kept. */
  public boolean isOn() {
    return endpoint != null;
  }

  private static URI endpoint(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException _) {
      throw new SettingException(REFUSED); // the cause has all of it in its words
    }
    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!web || uri.getHost() == null || uri.getUserInfo() != null || uri.getRawQuery() != null) {
      throw new SettingException(REFUSED);
    }
    return uri.getPath().isEmpty() || uri.getPath().equals("/") ? uri.resolve(PATH) : uri;
  }

  private static double ratio(String text) {
    double ratio;
    try {
      ratio = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("is not a number from 0 to 1", e);
    }
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException("is not a number from 0 to 1");
    }
    return ratio;
  }
}
