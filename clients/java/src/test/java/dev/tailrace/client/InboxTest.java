package dev.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InterruptedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InboxTest {
  private static final int MIB = 1 << 20;

  private final Owner owner =
      new Owner(
          fault -> {
            throw new AssertionError(fault);
          });
  private final Inbox inbox = new Inbox(owner);
  private final CountDownLatch owned = new CountDownLatch(1);
  private final AtomicInteger read = new AtomicInteger();
  private final AtomicInteger taken = new AtomicInteger();

  @AfterEach
  void stop() {
    owned.countDown();
    owner.stop();
  }

  private Thread readMore() {
    owner.execute(
        () -> {
          try {
            owned.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return Thread.startVirtualThread(
        () -> {
          try {
            for (int i = 0; i < 10; i++) {
              inbox.put(MIB, taken::incrementAndGet);
              read.incrementAndGet();
            }
          } catch (InterruptedIOException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static void awaitWaiting(Thread reader) {
    await().until(() -> reader.getState() == Thread.State.WAITING);
  }

  @Test
  void shouldHoldTheReaderBackWhileTheOwnerIsBusy() {
    awaitWaiting(readMore());

    assertThat(read).hasValue(3);
    assertThat(inbox.isWaiting()).isTrue();
    owned.countDown();
    await().until(() -> taken.get() == 10);
    await().until(() -> !inbox.isWaiting());
  }

  @Test
  void shouldDropWhatWaitsAndHoldNobodyOnceItIsClosed() throws Exception {
    Thread reader = readMore();
    awaitWaiting(reader);
    inbox.close();
    reader.join();
    owned.countDown();
    CountDownLatch all = new CountDownLatch(1);
    owner.execute(all::countDown);
    all.await();

    assertThat(taken).hasValue(0);
  }

  @Test
  void shouldTakeOneThatIsLargerThanItself() throws Exception {
    inbox.put(100 * MIB, taken::incrementAndGet);

    await().until(() -> taken.get() == 1);
  }
}
