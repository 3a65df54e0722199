package dev.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Suppliers that do not what they should. */
class BearerTest {
  private final Owner owner = new Owner(fault -> {});
  private final AtomicInteger asked = new AtomicInteger();

  @AfterEach
  void stop() {
    owner.stop();
  }

  private Bearer bearer(TokenSupplier supplier, long patienceMs) {
    return new Bearer(owner, TailraceOptions.builder().token(supplier).build(), patienceMs);
  }

  /** What it answers; it belongs to its owner. */
  private String get(Bearer bearer) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    owner.execute(
        () ->
            owner.when(
                bearer.get(),
                (token, fault) -> {
                  if (token != null) {
                    answer.complete(token);
                  } else {
                    answer.completeExceptionally(Tailrace.asOurs(fault));
                  }
                }));
    return answer.orTimeout(30, TimeUnit.SECONDS).join();
  }

  private void assertNone(Bearer bearer, String why) {
    assertThatThrownBy(() -> get(bearer))
        .cause()
        .isInstanceOfSatisfying(
            TailraceException.class, e -> assertThat(e.code()).isEqualTo("no_token"))
        .hasMessageContaining(why);
  }

  @Test
  void shouldAskAgainAfterASupplierThatHangs() {
    CountDownLatch hangs = new CountDownLatch(1);
    AtomicInteger interrupted = new AtomicInteger();
    Bearer bearer =
        bearer(
            () -> {
              if (asked.incrementAndGet() > 1) {
                return "t2";
              }
              try {
                hangs.await();
              } catch (InterruptedException e) {
                interrupted.incrementAndGet();
              }
              return "late";
            },
            3_000); // the second has no longer, either

    assertNone(bearer, "hangs");
    assertThat(get(bearer)).isEqualTo("t2");
    ClientTest.until(() -> interrupted.get() == 1);
    assertThat(get(bearer)).isEqualTo("t2");
  }

  @Test
  void shouldAskAgainAfterASupplierThatThrowsAnError() {
    Bearer bearer =
        bearer(
            () -> {
              if (asked.incrementAndGet() > 1) {
                return "t2";
              }
              throw new NoClassDefFoundError("the application's");
            },
            60_000);

    assertNone(bearer, "the application's");
    assertThat(get(bearer)).isEqualTo("t2");
  }

  @Test
  void shouldAskOnceForAllWhoWait() {
    CountDownLatch answers = new CountDownLatch(1);
    Bearer bearer =
        bearer(
            () -> {
              answers.await();
              return "t" + asked.incrementAndGet();
            },
            60_000);
    CompletableFuture<String> first = new CompletableFuture<>();
    owner.execute(() -> owner.when(bearer.get(), (token, fault) -> first.complete(token)));
    owner.execute(answers::countDown);

    assertThat(get(bearer)).isEqualTo("t1");
    assertThat(first.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo("t1");
    assertThat(asked).hasValue(1);
  }
}
