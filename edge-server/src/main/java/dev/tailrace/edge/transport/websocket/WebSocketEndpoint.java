package dev.tailrace.edge.transport.websocket;

import dev.tailrace.edge.auth.Identity;
import dev.tailrace.edge.auth.TokenVerifier;
import dev.tailrace.edge.auth.Verification;
import dev.tailrace.edge.auth.Verification.Refused;
import dev.tailrace.edge.connection.ConnectionAcceptor;
import dev.tailrace.edge.connection.ConnectionAdmission;
import dev.tailrace.edge.connection.DisconnectReason;
import dev.tailrace.edge.connection.NotAdmittedException;
import dev.tailrace.edge.connection.Notice;
import dev.tailrace.edge.connection.Transport;
import dev.tailrace.edge.cursor.StartPosition;
import dev.tailrace.edge.http.ProblemResponse;
import dev.tailrace.edge.publish.PublishResult;
import dev.tailrace.edge.transport.StartRules;
import dev.tailrace.edge.transport.SubscribeRules;
import dev.tailrace.edge.transport.SubscribeRules.Accepted;
import dev.tailrace.edge.transport.SubscribeRules.Asked;
import dev.tailrace.edge.transport.SubscribeRules.RefusedException;
import dev.tailrace.edge.transport.websocket.ClientCommandParser.MalformedFrameException;
import dev.tailrace.edge.transport.websocket.MessageAssembler.RefusedMessageException;
import dev.tailrace.schemas.Channels;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket's way in: turns a client's messages into commands for the connection's delivery
 * agent, and holds a client that has not said who it is to its time.
 *
 * <p>Threading: the connection calls it from one thread at a time, but for its end.
 */
final class WebSocketEndpoint {
  private static final Duration AUTH_TIMEOUT = Duration.ofSeconds(8);

  /** Before it is known who sends, no more is held of a message than an auth frame can need. */
  private static final int AUTH_MESSAGE_BYTES = TokenVerifier.MAX_TOKEN_LENGTH + (4 << 10);

  private final WebSocketHandler context;
  private WebSocketHandler.@Nullable Asking asking;
  private final Subprotocol subprotocol;
  private final boolean compressed;
  private final ConnectionAcceptor acceptor;
  private MessageAssembler messages;
  private volatile @Nullable Identity identity;
  private @Nullable CommandWindow window;
  private volatile @Nullable WebSocketTransport transport;
  private volatile Scheduler.@Nullable Task authDeadline;
  private volatile ConnectionAdmission.@Nullable Lease lease;
  private volatile boolean over;
  private boolean refused;

  WebSocketEndpoint(
      WebSocketHandler context,
      WebSocketHandler.Asking asking,
      Subprotocol subprotocol,
      boolean compressed,
      ConnectionAcceptor acceptor) {
    this.context = context;
    this.asking = asking;
    this.subprotocol = subprotocol;
    this.compressed = compressed;
    this.acceptor = acceptor;
    this.messages = new MessageAssembler(AUTH_MESSAGE_BYTES, subprotocol, context.inflater());
  }

  /** Before its first frame is read. */
  void onOpen(WebSocketConnection connection) {
    WebSocketTransport out =
        new WebSocketTransport(
            connection,
            subprotocol,
            compressed,
            context.encoder(),
            context.buffers(),
            context.retryDelay(),
            context.clock());
    window = connection.window();
    transport = out;
    WebSocketHandler.Asking asks = Objects.requireNonNull(asking);
    Identity known = asks.identity();
    String user = known == null ? null : known.user();
    try {
      lease = context.admission().admit(Transport.Kind.WEBSOCKET, asks.asked().address(), user);
    } catch (NotAdmittedException e) {
      out.close(e.reason());
      return;
    }
    if (known == null) {
      authDeadline = connection.after(AUTH_TIMEOUT, this::onAuthOverdue);
      context.unauthenticated().add(out);
    } else {
      register(known);
    }
    if (over) {
      onClosed(); // on another thread, while this was half done
    }
  }

  private void onAuthOverdue() {
    if (identity == null) {
      out().close(DisconnectReason.UNAUTHENTICATED);
    }
  }

  /** Channels that are not granted are named to the client; it has the others. */
  private void register(Identity known) {
    Asked asked = Objects.requireNonNull(asking).asked();
    asking = null; // as long as a connection lasts, it would hold the parsed query
    identity = known;
    messages = new MessageAssembler(context.maxMessageBytes(), subprotocol, context.inflater());
    Accepted accepted = SubscribeRules.accept(known, asked);
    acceptor.offerRegister(accepted.request(out(), 0));
    for (String channel : asked.channels()) {
      ProblemResponse refusal = SubscribeRules.refusal(channel, asked.start(), known);
      if (refusal != null) {
        window().begin();
        error(-1, refusal.code(), refusal.detail(), channel);
      }
    }
  }

  /** A frame of a message. */
  void onData(ReceivedFrame frame) {
    if (refused || out().isClosed()) {
      return; // nothing that comes in counts any more
    }
    try {
      byte[] message = messages.add(frame);
      if (message != null) {
        onCommand(ClientCommandParser.parse(message, subprotocol));
      }
    } catch (RefusedMessageException e) {
      if (e.reason() == DisconnectReason.TOO_LARGE) {
        onTooLarge();
      } else {
        refuse(e.reason());
      }
    } catch (MalformedFrameException e) {
      refuse(DisconnectReason.MALFORMED);
    }
  }

  private void onTooLarge() {
    int limit = identity == null ? AUTH_MESSAGE_BYTES : context.maxMessageBytes();
    String message = "a message may have %,d bytes".formatted(limit);
    out().tell(new Notice.CommandError(-1, "too_large", message, null)); // a close may come at once
    refuse(DisconnectReason.TOO_LARGE);
  }

  private WebSocketTransport out() {
    return Objects.requireNonNull(transport);
  }

  private CommandWindow window() {
    return Objects.requireNonNull(window);
  }

  /**
   * What the client sent cannot be taken. Before the connection is its agent's, this is the only
   * one who writes to it.
   */
  void refuse(DisconnectReason reason) {
    if (identity == null) {
      out().close(reason);
    } else {
      refused = true;
      acceptor.offerClose(out(), reason);
    }
  }

  private void onCommand(ClientCommand command) {
    Identity known = identity;
    if (known == null) {
      onFirst(command);
      return;
    }
    window().begin(); // what each of them ends in is handled by the agent, and ends it
    switch (command) {
      case ClientCommand.Subscribe subscribe -> onSubscribe(subscribe, known);
      case ClientCommand.Unsubscribe unsubscribe -> onUnsubscribe(unsubscribe);
      case ClientCommand.Publish publish -> onPublish(publish, known);
      case ClientCommand.Auth auth -> onAuth(auth, known);
      case ClientCommand.Ping ping -> acceptor.offerNotice(out(), new Notice.Pong(ping.ref()));
      case ClientCommand.Unusable unusable ->
          error(unusable.ref(), unusable.code(), unusable.message(), null);
    }
  }

  /**
   * The first frame of a connection that came without a token must bring one, unless it may be
   * nobody's.
   */
  private void onFirst(ClientCommand command) {
    if (!(command instanceof ClientCommand.Auth auth)) {
      Identity otherwise = Objects.requireNonNull(asking).otherwise();
      if (otherwise != null) {
        identified(otherwise);
        onCommand(command);
        return;
      }
      refuse(context.authenticator().refuseMissing("the first frame is an auth with a token"));
      return;
    }
    switch (context.authenticator().verify(auth.token())) {
      case Verification.Verified verified -> identified(verified.identity());
      case Verification.Refused refused -> refuse(refused);
    }
  }

  private void identified(Identity known) {
    context.unauthenticated().remove(out());
    Objects.requireNonNull(authDeadline).cancel();
    try {
      Objects.requireNonNull(lease).assign(known.user());
    } catch (NotAdmittedException e) {
      out().close(e.reason());
      return;
    }
    register(known);
  }

  /** Not the agent's yet: the client is told why, and that is all. */
  private void refuse(Verification.Refused refused) {
    out().tell(new Notice.CommandError(-1, refused.failure().code(), refused.reason(), null));
    out().close(DisconnectReason.UNAUTHENTICATED);
  }

  private void onSubscribe(ClientCommand.Subscribe command, Identity known) {
    try {
      StartPosition start =
          StartRules.read(
              command.cursor(), command.since(), command.last(), context.clock().instant());
      SubscribeRules.check(command.channel(), start, known);
      Double maxRate = command.maxRate();
      long intervalMs = maxRate == null ? 0 : SubscribeRules.intervalMs(maxRate);
      acceptor.offerSubscribe(out(), command.ref(), command.channel(), start, intervalMs);
    } catch (RefusedException e) {
      error(command.ref(), e.problem().code(), e.problem().detail(), command.channel());
    }
  }

  private void onUnsubscribe(ClientCommand.Unsubscribe command) {
    if (Channels.isChannel(command.channel())) {
      acceptor.offerUnsubscribe(out(), command.ref(), command.channel());
    } else {
      error(command.ref(), "not_subscribed", "this is no channel's name", command.channel());
    }
  }

  private void onPublish(ClientCommand.Publish command, Identity known) {
    CompletionStage<PublishResult> result = context.publisher().offer(known, command.event());
    result.thenAccept(r -> onPublished(command.ref(), r));
  }

  private void onPublished(long ref, PublishResult result) {
    switch (result) {
      case PublishResult.Acknowledged acknowledged ->
          acceptor.offerNotice(out(), new Notice.Published(ref, acknowledged.id()));
      case PublishResult.Invalid invalid -> error(ref, "invalid_event", invalid.detail(), null);
      case PublishResult.Forbidden forbidden ->
          error(ref, "not_granted", "no grant to publish to " + forbidden.name(), forbidden.name());
      case PublishResult.Revoked() ->
          error(ref, Refused.REVOKED.failure().code(), Refused.REVOKED.reason(), null);
      case PublishResult.Refused refused ->
          error(ref, refused.reason().code(), refused.detail(), null);
    }
  }

  private void onAuth(ClientCommand.Auth command, Identity known) {
    switch (context.authenticator().verify(command.token())) {
      case Verification.Refused refused ->
          error(-1, refused.failure().code(), refused.reason(), null);
      case Verification.Verified verified -> {
        if (!Objects.equals(verified.identity().user(), known.user())) {
          error(-1, "other_user", "a connection's user is fixed for its life", null);
        } else {
          identity = verified.identity();
          acceptor.offerRefresh(out(), SubscribeRules.subscriber(verified.identity()));
        }
      }
    }
  }

  private void error(long ref, String code, String message, @Nullable String channel) {
    acceptor.offerNotice(
        out(),
        new Notice.CommandError(ref, code, message, channel == null ? null : shown(channel)));
  }

  /** What a client called a channel may be a megabyte long: no more is kept than a name can be. */
  private static String shown(String channel) {
    return channel.length() <= Channels.MAX_NAME_BYTES
        ? channel
        : channel.substring(0, Channels.MAX_NAME_BYTES) + "...";
  }

  /**
   * The connection is no more. On any thread, also while it is being opened, as a stream of HTTP/2
   * may be reset; may be called again.
   */
  void onClosed() {
    over = true;
    Scheduler.Task deadline = authDeadline;
    if (deadline != null) {
      deadline.cancel();
    }
    WebSocketTransport out = transport;
    if (out != null) {
      context.unauthenticated().remove(out);
      acceptor.offerClosed(out);
    }
    ConnectionAdmission.Lease held = lease;
    if (held != null) {
      held.close();
    }
  }
}
