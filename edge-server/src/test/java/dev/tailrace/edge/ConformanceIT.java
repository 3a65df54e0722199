package dev.tailrace.edge;

import static dev.tailrace.edge.client.RawSocket.CONTINUATION;
import static dev.tailrace.edge.client.RawSocket.PING;
import static dev.tailrace.edge.client.RawSocket.PONG;
import static dev.tailrace.edge.client.RawSocket.RSV1;
import static dev.tailrace.edge.client.RawSocket.TEXT;
import static dev.tailrace.edge.client.RawSocket.fragment;
import static dev.tailrace.edge.client.RawSocket.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tailrace.edge.auth.Tokens;
import dev.tailrace.edge.client.RawSocket;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What RFC 6455 asks of an endpoint, a case each, in the order of the Autobahn test suite's
 * chapters: framing, pings, reserved bits, opcodes, fragments, UTF-8, closing, sizes. Its own
 * commands stand for the echo that the suite expects.
 */
class ConformanceIT extends EdgeFixture {
  private static final int CLOSE = 8;
  private static final int RSV2 = 0x20;
  private static final int RSV3 = 0x10;
  private static final Pattern REF = Pattern.compile("\\{\"pong\":\\{\"ref\":(\\d+)");

  /** Sent after each case; that it is answered says that the connection stands. */
  private static final int LAST = 99;

  private static final String STANDS = "answer " + LAST;
  private static final String PROTOCOL_ERROR = "close 1002";
  private static final String NOT_UTF8 = "close 1007";

  private final String query = "access_token=" + Tokens.subscribing("conforming", "conform.*");

  /**
   * One of them.
   *
   * @param pieces sent one after the other
   * @param alone whether nothing is sent after it: what comes must come for these bytes
   * @param expected what the edge sends, but for its welcome and its own pings
   */
  record Case(String name, List<byte[]> pieces, boolean alone, List<String> expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case stands(String name, byte[] sent, String... expected) {
    List<String> all = new ArrayList<>(List.of(expected));
    all.add(STANDS);
    return new Case(name, List.of(sent), false, all);
  }

  private static Case ends(String name, String close, byte[] sent) {
    return new Case(name, List.of(sent), false, List.of(close));
  }

  private static Case alone(String name, String close, byte[] sent) {
    return new Case(name, List.of(sent), true, List.of(close));
  }

  /** The same however it comes in. */
  private static Case chopped(Case whole) {
    byte[] all = whole.pieces().getFirst();
    List<byte[]> bytes = IntStream.range(0, all.length).mapToObj(i -> new byte[] {all[i]}).toList();
    return new Case(whole.name() + ", byte by byte", bytes, whole.alone(), whole.expected());
  }

  static Stream<Case> cases() {
    return Stream.of(
            framing(), pings(), reservedBits(), opcodes(), fragments(), utf8(), closing(), sizes())
        .flatMap(chapter -> chapter);
  }

  private static Stream<Case> framing() {
    return IntStream.of(18, 125, 126, 127, 128, 65_535, 65_536)
        .mapToObj(
            length ->
                stands(
                    "a text of %d bytes".formatted(length),
                    frame(TEXT, ask(1, length)),
                    "answer 1"));
  }

  private static Stream<Case> pings() {
    byte[] binary = HexFormat.of().parseHex("00fffefdfcfb00ff");
    Case long125 = stands("a ping of 125 bytes", frame(PING, new byte[125]), pong(new byte[125]));
    return Stream.of(
        stands("a ping of nothing", frame(PING, new byte[0]), pong(new byte[0])),
        stands("a ping of text", frame(PING, bytes("Hello")), pong(bytes("Hello"))),
        stands("a ping of what is no text", frame(PING, binary), pong(binary)),
        long125,
        chopped(long125),
        stands("a pong that nobody asked for", frame(PONG, new byte[0])),
        stands("a pong with a payload", frame(PONG, bytes("unsolicited"))),
        stands(
            "a pong and a ping",
            all(frame(PONG, bytes("no")), frame(PING, bytes("yes"))),
            pong(bytes("yes"))),
        stands(
            "ten pings",
            all(
                IntStream.range(0, 10)
                    .mapToObj(i -> frame(PING, bytes("p" + i)))
                    .toArray(byte[][]::new)),
            IntStream.range(0, 10).mapToObj(i -> pong(bytes("p" + i))).toArray(String[]::new)));
  }

  private static Stream<Case> reservedBits() {
    return Stream.of(
        ends("RSV2 on a text", PROTOCOL_ERROR, frame(TEXT | RSV2, ask(1))),
        ends("RSV3 on a text", PROTOCOL_ERROR, frame(TEXT | RSV3, ask(1))),
        ends("RSV1 and RSV2 on a text", PROTOCOL_ERROR, frame(TEXT | RSV1 | RSV2, ask(1))),
        ends("RSV1 and RSV3 on a ping", PROTOCOL_ERROR, frame(PING | RSV1 | RSV3, new byte[0])),
        ends("RSV2 on a pong", PROTOCOL_ERROR, frame(PONG | RSV2, new byte[0])),
        ends("all of them on a close", PROTOCOL_ERROR, frame(CLOSE | 0x70, new byte[0])),
        ends(
            "RSV2 on a continuation",
            PROTOCOL_ERROR,
            all(fragment(TEXT, half(0)), frame(CONTINUATION | RSV2, half(1)))));
  }

  private static Stream<Case> opcodes() {
    return IntStream.of(3, 4, 5, 6, 7, 11, 12, 13, 14, 15)
        .boxed()
        .flatMap(
            opcode ->
                Stream.of(
                    ends("opcode " + opcode, PROTOCOL_ERROR, frame(opcode, new byte[0])),
                    chopped(
                        ends(
                            "opcode %d, long".formatted(opcode),
                            PROTOCOL_ERROR,
                            frame(opcode, new byte[9])))));
  }

  private static Stream<Case> fragments() {
    byte[] between = frame(PING, bytes("between"));
    byte[] begin = fragment(TEXT, half(0));
    byte[] end = frame(CONTINUATION, half(1));
    byte[] nothing = new byte[0];
    Case interleaved =
        stands(
            "a ping within a text", all(begin, between, end), pong(bytes("between")), "answer 1");
    return Stream.of(
        ends(
            "a ping in fragments",
            PROTOCOL_ERROR,
            all(fragment(PING, bytes("a")), frame(CONTINUATION, bytes("b")))),
        ends("a pong in fragments", PROTOCOL_ERROR, fragment(PONG, bytes("a"))),
        ends("a close in fragments", PROTOCOL_ERROR, fragment(CLOSE, code(1000))),
        stands("a text in two fragments", all(begin, end), "answer 1"),
        chopped(stands("a text in fragments", all(begin, end), "answer 1")),
        interleaved,
        chopped(interleaved),
        stands(
            "fragments of nothing around it",
            all(
                fragment(TEXT, nothing),
                fragment(CONTINUATION, ask(1)),
                frame(CONTINUATION, nothing)),
            "answer 1"),
        stands(
            "a ping between all fragments",
            all(fragment(TEXT, nothing), between, fragment(CONTINUATION, half(0)), between, end),
            pong(bytes("between")),
            pong(bytes("between")),
            "answer 1"),
        ends(
            "an unfinished continuation of nothing",
            PROTOCOL_ERROR,
            fragment(CONTINUATION, half(0))),
        ends("a continuation after the last", PROTOCOL_ERROR, all(begin, end, end)),
        ends("a second beginning", PROTOCOL_ERROR, all(begin, fragment(TEXT, half(1)))));
  }

  private static Stream<Case> utf8() {
    Stream<Case> good =
        Stream.of(
                "c2b5",
                "cebae1bdb9cf83cebcceb5",
                "ed9fbf",
                "ee8080",
                "efbfbd",
                "efbfbf",
                "f0908080",
                "f09f9880",
                "f48fbfbf",
                "efbbbf")
            .flatMap(
                hex -> {
                  byte[] text = naming(hex);
                  Case whole = stands("text " + hex, frame(TEXT, text), "error bad_channel");
                  return Stream.of(whole, chopped(whole), inFragmentsOfAByte(hex, text));
                });
    Stream<Case> bad =
        Stream.of(
                "80",
                "bf",
                "c0af",
                "c1bf",
                "c3c3",
                "c328",
                "e08080",
                "e09fbf",
                "e28228",
                "eda080",
                "edbfbf",
                "f0808080",
                "f08fbfbf",
                "f0288cbc",
                "f4908080",
                "f5808080",
                "f8888080",
                "fe",
                "ff",
                "cebae1bdb9cf83cebcceb5eda080")
            .flatMap(
                hex ->
                    Stream.of(
                        ends("no text " + hex, NOT_UTF8, frame(TEXT, naming(hex))),
                        alone(
                            "no text " + hex + ", of a frame that is not there yet",
                            NOT_UTF8,
                            cut(naming(hex))),
                        alone(
                            "no text " + hex + ", of a message that is not there yet",
                            NOT_UTF8,
                            all(
                                fragment(TEXT, bytes("{\"")),
                                fragment(CONTINUATION, parse(hex))))));
    Stream<Case> unended =
        Stream.of("ce", "e282", "f09f98")
            .map(hex -> ends("text that ends within " + hex, NOT_UTF8, frame(TEXT, parse(hex))));
    return Stream.of(good, bad, unended).flatMap(cases -> cases);
  }

  private static Case inFragmentsOfAByte(String hex, byte[] text) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (int i = 0; i < text.length; i++) {
      byte[] one = {text[i]};
      int opcode = i == 0 ? TEXT : CONTINUATION;
      frames.writeBytes(i == text.length - 1 ? frame(opcode, one) : fragment(opcode, one));
    }
    return stands(
        "text %s in fragments of a byte".formatted(hex), frames.toByteArray(), "error bad_channel");
  }

  private static Stream<Case> closing() {
    Stream<Case> taken =
        IntStream.of(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
            .mapToObj(code -> ends("close " + code, "close " + code, frame(CLOSE, code(code))));
    Stream<Case> refused =
        IntStream.of(0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535)
            .mapToObj(code -> ends("close " + code, PROTOCOL_ERROR, frame(CLOSE, code(code))));
    byte[] reason = all(code(1000), bytes("Goodbye"));
    Stream<Case> forms =
        Stream.of(
            ends("a close without a code", "close 0", frame(CLOSE, new byte[0])),
            ends("a close of a byte", PROTOCOL_ERROR, frame(CLOSE, new byte[] {3})),
            ends("a close with a reason", "close 1000", frame(CLOSE, reason)),
            chopped(ends("a close with a reason", "close 1000", frame(CLOSE, reason))),
            ends(
                "the longest reason",
                "close 1000",
                frame(CLOSE, all(code(1000), bytes("x".repeat(123))))),
            ends(
                "a reason that is too long",
                PROTOCOL_ERROR,
                frame(CLOSE, all(code(1000), bytes("x".repeat(124))))),
            ends(
                "a reason that is no text", NOT_UTF8, frame(CLOSE, all(code(1000), parse("c0af")))),
            ends(
                "a reason that ends within",
                NOT_UTF8,
                frame(CLOSE, all(code(1000), parse("e282")))),
            ends(
                "two closes",
                "close 1000",
                all(frame(CLOSE, code(1000)), frame(CLOSE, code(1001)))),
            ends(
                "a ping after it",
                "close 1000",
                all(frame(CLOSE, code(1000)), frame(PING, half(0)))),
            ends(
                "a text after it",
                "close 1000",
                all(frame(CLOSE, code(1000)), frame(TEXT, ask(1)))),
            ends(
                "a close within a text",
                "close 1000",
                all(
                    fragment(TEXT, half(0)),
                    frame(CLOSE, code(1000)),
                    frame(CONTINUATION, half(1)))));
    return Stream.of(taken, refused, forms).flatMap(cases -> cases);
  }

  private static Stream<Case> sizes() {
    int most = 1 << 20;
    return Stream.of(
        stands("a text of 256 KiB", frame(TEXT, ask(1, 256 << 10)), "answer 1"),
        stands("a text of 1 MiB", frame(TEXT, ask(1, most)), "answer 1"),
        stands("1 MiB in fragments of 1 KiB", inFragments(ask(1, most), 1 << 10), "answer 1"),
        stands("64 KiB in fragments of 64 bytes", inFragments(ask(1, 64 << 10), 64), "answer 1"),
        stands(
            "a text after a long one",
            all(frame(TEXT, ask(1, most)), frame(TEXT, ask(2))),
            "answer 1",
            "answer 2"));
  }

  private static byte[] inFragments(byte[] text, int size) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (int from = 0; from < text.length; from += size) {
      byte[] part = Arrays.copyOfRange(text, from, Math.min(text.length, from + size));
      int opcode = from == 0 ? TEXT : CONTINUATION;
      boolean last = from + size >= text.length;
      frames.writeBytes(last ? frame(opcode, part) : fragment(opcode, part));
    }
    return frames.toByteArray();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void shouldDoWhatTheRfcAsks(Case example) throws Exception {
    try (RawSocket socket = RawSocket.openWide(edge.port(), query)) {
      assertThat(socket.read().text()).contains("welcome");
      for (byte[] piece : example.pieces()) {
        socket.send(piece);
      }
      if (!example.alone()) {
        socket.send(frame(TEXT, ask(LAST)));
      }
      List<String> outcome = outcome(socket);
      if (isClose(outcome.getLast())) {
        outcome.remove("answer 1"); // a close may overtake it
      }
      assertThat(outcome).isEqualTo(example.expected());
    }
  }

  /** What comes, up to the last answer or the close. */
  private static List<String> outcome(RawSocket socket) throws Exception {
    List<String> outcome = new ArrayList<>();
    try {
      while (!outcome.contains(STANDS) && outcome.stream().noneMatch(ConformanceIT::isClose)) {
        RawSocket.Received frame = socket.read();
        if (frame.opcode() != PING) {
          outcome.add(told(frame));
        }
      }
    } catch (EOFException | SocketException e) {
      outcome.add("cut");
    }
    return outcome;
  }

  private static boolean isClose(String told) {
    return told.startsWith("close");
  }

  private static String told(RawSocket.Received frame) {
    ByteBuffer payload = frame.payload();
    return switch (frame.opcode()) {
      case CLOSE -> "close " + (payload.remaining() < 2 ? 0 : payload.getShort() & 0xffff);
      case PONG -> {
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        yield pong(bytes);
      }
      case TEXT -> {
        Matcher answer = REF.matcher(frame.text());
        yield answer.find()
            ? "answer " + answer.group(1)
            : frame.text().contains("bad_channel") ? "error bad_channel" : frame.text();
      }
      default -> "opcode " + frame.opcode();
    };
  }

  private static String pong(byte[] payload) {
    return "pong " + HexFormat.of().formatHex(payload);
  }

  private static byte[] ask(int ref) {
    return bytes("{\"ping\":{\"ref\":%d}}".formatted(ref));
  }

  /** The same, padded to this length. */
  private static byte[] ask(int ref, int length) {
    byte[] text = Arrays.copyOf(ask(ref), length);
    Arrays.fill(text, ask(ref).length, length, (byte) ' ');
    return text;
  }

  /** Half of what is answered with 1. */
  private static byte[] half(int which) {
    byte[] whole = ask(1);
    return Arrays.copyOfRange(whole, which * 9, which == 0 ? 9 : whole.length);
  }

  /** A command whose channel is called so, which no channel is. */
  private static byte[] naming(String hex) {
    return all(bytes("{\"subscribe\":{\"channel\":\"x "), parse(hex), bytes("\"}}"));
  }

  /** The beginning of a frame of twice this length. */
  private static byte[] cut(byte[] text) {
    return all(RawSocket.header(TEXT, 2L * text.length), text);
  }

  private static byte[] code(int code) {
    return new byte[] {(byte) (code >> 8), (byte) code};
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] parse(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static byte[] all(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
