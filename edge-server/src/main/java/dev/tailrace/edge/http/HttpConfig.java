package dev.tailrace.edge.http;

import dev.tailrace.edge.auth.AuthConfig;
import dev.tailrace.support.config.Setting;
import dev.tailrace.support.config.Settings;
import dev.tailrace.support.operator.OperatorAccess;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where and how the edge listens.
 *
 * @param operator who may read the operator port
 * @param plaintext whether addresses other than loopback may be served without TLS, on the public
 *     port
 * @param tls of the public port
 * @param proxies in front of the public port
 * @param corsOrigins browser origins that are let in; {@code *} for every one
 * @param credentials whether browsers of those may send their cookies along
 * @param threads most threads of the public port
 * @param acceptRate most connections accepted on it per second; 0 for any number
 * @param headTimeout how long a client may take for what it has begun; zero for ever
 * @param bodyTimeout how long a request's body may take; zero for ever
 * @param idleTimeout how long a connection may be silent in both directions
 * @param compression whether WebSocket clients that can take compressed messages get them
 * @param development whether the page and the schemas are served
 */
public record HttpConfig(
    String host,
    int port,
    String operatorHost,
    int operatorPort,
    OperatorAccess operator,
    boolean plaintext,
    TlsConfig tls,
    ProxyConfig proxies,
    List<String> corsOrigins,
    boolean credentials,
    int threads,
    int acceptRate,
    Duration headTimeout,
    Duration bodyTimeout,
    Duration idleTimeout,
    boolean compression,
    boolean development) {
  /** Public address. */
  public static final Setting<String> HOST =
      Setting.text("edge.host", "127.0.0.1", "Address of the public port");

  /** Public port. */
  public static final Setting<Integer> PORT =
      Setting.port("edge.port", 8080, "Public port, for clients");

  /** Operator address. */
  public static final Setting<String> OPERATOR_HOST =
      Setting.text(
          "edge.operator.host",
          "127.0.0.1",
          "Address of the operator port; one that is not loopback needs operator.token and"
              + " operator.plaintext");

  /** Operator port. */
  public static final Setting<Integer> OPERATOR_PORT =
      Setting.port(
          "edge.operator.port", 8090, "Operator port: /healthz /readyz /metrics /dump /console/");

  /** Consent to plain text. */
  public static final Setting<Boolean> PLAINTEXT =
      Setting.flag(
          "edge.plaintext",
          false,
          "Serve the public port on addresses other than loopback without TLS, for an edge behind a"
              + " proxy that has it");

  /** Browser origins. */
  public static final Setting<List<String>> CORS_ORIGINS =
      Setting.list(
          "edge.cors.origins",
          "",
          "Browser origins that may connect, such as https://app.example.com, or * for all; the"
              + " edge's own origin always may. In development mode the default is *");

  /** Public threads. */
  public static final Setting<Integer> THREADS =
      Setting.number(
          "edge.http.threads",
          64,
          8,
          1_000,
          "Most threads of the public port; connections hold none while they wait");

  /** A storm's pace. */
  public static final Setting<Integer> ACCEPT_RATE =
      Setting.number(
          "edge.accept.rate",
          5_000,
          0,
          1_000_000,
          "Connections accepted per second; more wait to be accepted, so that those who are there"
              + " feel less of many who come at once; 0: any number");

  /** What is begun. */
  public static final Setting<Duration> HEAD_TIMEOUT =
      Setting.duration(
          "edge.http.head.timeout",
          "10s",
          "How long a client may take for a TLS handshake or a request's head before it is cut,"
              + " within three times that; 0s: for ever");

  /** A body's time. */
  public static final Setting<Duration> BODY_TIMEOUT =
      Setting.duration(
          "edge.http.body.timeout",
          "30s",
          "How long a request's body may take, from the first wait for more of it; then it is"
              + " answered with 408; 0s: for ever");

  /** Silence. */
  public static final Setting<Duration> IDLE_TIMEOUT =
      Setting.duration(
          "edge.http.idle.timeout",
          "60s",
          "A connection that is silent in both directions for so long is closed; heartbeats are"
              + " more frequent");

  /** Compressed messages. */
  public static final Setting<Boolean> COMPRESSION =
      Setting.flag(
          "edge.websocket.compression",
          true,
          "Compress WebSocket events of 512 bytes and more, once each, for clients that offer"
              + " permessage-deflate");

  /** All settings of this part. */
  public static final List<Setting<?>> SETTINGS =
      Stream.of(
              List.of(HOST, PORT, OPERATOR_HOST, OPERATOR_PORT),
              OperatorAccess.SETTINGS,
              List.of(PLAINTEXT),
              TlsConfig.SETTINGS,
              ProxyConfig.SETTINGS,
              List.of(
                  CORS_ORIGINS,
                  THREADS,
                  ACCEPT_RATE,
                  HEAD_TIMEOUT,
                  BODY_TIMEOUT,
                  IDLE_TIMEOUT,
                  COMPRESSION))
          .<Setting<?>>flatMap(List::stream)
          .toList();

  /** That of a configuration. */
  public static HttpConfig from(Settings settings) {
    boolean development = settings.get(AuthConfig.DEVELOPMENT);
    List<String> origins = settings.get(CORS_ORIGINS);
    return new HttpConfig(
        settings.get(HOST),
        settings.get(PORT),
        settings.get(OPERATOR_HOST),
        settings.get(OPERATOR_PORT),
        OperatorAccess.from(settings),
        settings.get(PLAINTEXT),
        TlsConfig.from(settings),
        ProxyConfig.from(settings),
        origins.isEmpty() && development ? List.of("*") : origins,
        !settings.get(AuthConfig.COOKIE).isEmpty(),
        settings.get(THREADS),
        settings.get(ACCEPT_RATE),
        settings.get(HEAD_TIMEOUT),
        settings.get(BODY_TIMEOUT),
        settings.get(IDLE_TIMEOUT),
        settings.get(COMPRESSION),
        development);
  }
}
