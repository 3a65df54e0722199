package dev.tailrace.edge.http;

import dev.tailrace.edge.http.PemFiles.BadPemException;
import java.security.KeyStore;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of the public port. Its files are looked at again and again: handshakes use what
 * is in them now, and connections that are open stay as they are. Files that cannot be used are
 * told of in the log, once, and those before them count.
 *
 * <p>Threading: started and stopped with the server; looks on one of Jetty's threads at a time.
 */
final class TlsCertificate extends AbstractLifeCycle {
  private static final Logger LOG = LoggerFactory.getLogger(TlsCertificate.class);

  private final TlsConfig config;
  private final Scheduler scheduler;
  private final Executor executor;
  private final SslContextFactory.Server context = new SslContextFactory.Server();
  private PemFiles seen;
  private String complaint = "";
  private volatile Instant expiresAt;
  private volatile Scheduler.@Nullable Task next;

  /**
   * That of these files.
   *
   * @throws dev.tailrace.support.config.SettingException when they cannot be used
   */
  TlsCertificate(TlsConfig config, Scheduler scheduler, Executor executor) {
    this.config = config;
    this.scheduler = scheduler;
    this.executor = executor;
    context.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    context.setRenegotiationAllowed(false);
    context.setKeyStorePassword("");
    try {
      seen = config.read();
      context.setKeyStore(seen.toKeyStore());
      expiresAt = seen.expiresAt();
    } catch (BadPemException e) {
      throw config.refused(e);
    }
    LOG.info("the certificate of the public port holds until {}", expiresAt);
  }

  /** What handshakes are made with. */
  SslContextFactory.Server context() {
    return context;
  }

  /** Until when the certificate holds; any thread. */
  Instant expiresAt() {
    return expiresAt;
  }

  @Override
  protected void doStart() {
    lookLater();
  }

  @Override
  protected void doStop() {
    Scheduler.Task task = next;
    if (task != null) {
      task.cancel();
    }
  }

  private void lookLater() {
    next =
        scheduler.schedule(this::look, config.reloadInterval().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Files are not read on the scheduler's thread. */
  private void look() {
    try {
      executor.execute(
          () -> {
            try {
              reloadIfChanged();
            } finally {
              if (isRunning()) {
                lookLater();
              }
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("the server stops", e);
    }
  }

  private void reloadIfChanged() {
    try {
      PemFiles now = config.read();
      if (now.equals(seen)) {
        return;
      }
      seen = now; // whatever they are: they are told of once
      KeyStore store = now.toKeyStore();
      context.reload(changed -> changed.setKeyStore(store));
      expiresAt = now.expiresAt();
      complaint = "";
      LOG.info("{} has a new certificate, which holds until {}", config.certificate(), expiresAt);
    } catch (Exception e) { // Jetty's reload declares no less
      complain(String.valueOf(e.getMessage()));
    }
  }

  private void complain(String why) {
    if (!why.equals(complaint)) {
      complaint = why;
      LOG.warn(
          "{} and {} cannot be used as they are now, the certificate of before is kept: {}",
          config.certificate(),
          config.key(),
          why);
    }
  }
}
