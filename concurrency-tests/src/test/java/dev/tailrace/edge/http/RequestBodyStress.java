package dev.tailrace.edge.http;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.tailrace.edge.transport.Scripted;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Components;
import org.eclipse.jetty.server.Request;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** The time for a body is over while its reader begins to wait for more: he is called, once. */
@JCStressTest
@Outcome(id = "1", expect = ACCEPTABLE, desc = "called once")
@Outcome(expect = FORBIDDEN, desc = "he waits for ever, or is called twice")
@State
public class RequestBodyStress {
  private final Scripted.Timer timer = new Scripted.Timer();
  private final AtomicInteger called = new AtomicInteger();
  private final RequestBody body =
      new RequestBody(request(timer), null, Duration.ofMinutes(1), () -> {});

  public RequestBodyStress() {
    body.demand(() -> {}); // the first wait sets the timer
  }

  private static Request request(Scripted.Timer timer) {
    Components components =
        (Components)
            Proxy.newProxyInstance(
                RequestBodyStress.class.getClassLoader(),
                new Class<?>[] {Components.class},
                (proxy, method, args) -> method.getName().equals("getScheduler") ? timer : null);
    return (Request)
        Proxy.newProxyInstance(
            RequestBodyStress.class.getClassLoader(),
            new Class<?>[] {Request.class},
            (proxy, method, args) -> method.getName().equals("getComponents") ? components : null);
  }

  @Actor
  public void reader() {
    body.demand(called::incrementAndGet);
  }

  @Actor
  public void deadline() {
    timer.last().run();
  }

  @Arbiter
  public void after(I_Result r) {
    r.r1 = called.get();
  }
}
