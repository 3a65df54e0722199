package dev.tailrace.edge.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.tailrace.v1.Event;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishRequestParserTest {
  @Test
  void shouldReadEveryField() throws Exception {
    Event event =
        parse(
            """
            {"channels":["a","b"],"users":["42"],"type":"goal","data":{"n":1},
             "content_type":"application/json","id":"e1","ttl":"1.5s",
             "conflation_key":"k","attributes":{"x":"y"}}
            """);
    assertThat(event.getChannelsList()).containsExactly("a", "b");
    assertThat(event.getUsersList()).containsExactly("42");
    assertThat(event.getType()).isEqualTo("goal");
    assertThat(event.getContentType()).isEqualTo("application/json");
    assertThat(event.getId()).isEqualTo("e1");
    assertThat(event.getTtl())
        .isEqualTo(Duration.newBuilder().setSeconds(1).setNanos(500_000_000).build());
    assertThat(event.getConflationKey()).isEqualTo("k");
    assertThat(event.getAttributesMap()).isEqualTo(Map.of("x", "y"));
    assertThat(event.getData().toStringUtf8()).isEqualTo("{\"n\":1}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\" : [1, 2,\t{}],\n \"b\":1.10}",
        "[]",
        "[ ]",
        "\"text \\u00e9 \\\" é\"",
        "\"\"",
        "1",
        "-12.50e+3",
        "123456789012345678901234567890.1234567890123456789",
        "true",
        "false",
        "null",
        "{\"zürich\":\"😀\"}",
      })
  void shouldKeepJsonDataByteForByte(String data) throws Exception {
    assertThat(parse("{\"data\":" + data + "}").getData().toStringUtf8()).isEqualTo(data);
    assertThat(parse("{ \"data\" :  " + data + " \n}").getData().toStringUtf8()).isEqualTo(data);
    assertThat(
            parse("{\"type\":\"é\",\"data\": " + data + " , \"id\":\"x\"}")
                .getData()
                .toStringUtf8())
        .isEqualTo(data);
    assertThat(
            parse("{\"data\":" + data + ",\"content_type\":\"application/geo+json; v=1\"}")
                .getData()
                .toStringUtf8())
        .isEqualTo(data);
  }

  @Test
  void shouldKeepLargeJsonDataByteForByte() throws Exception {
    String data = "[\"" + "é\\n".repeat(100_000) + "\"," + "7,".repeat(50_000) + "8]";
    assertThat(parse("{\"data\":" + data + "}").getData().toStringUtf8()).isEqualTo(data);
    String text = "\"" + "é".repeat(300_000) + "\"";
    assertThat(parse("{\"data\":" + text + "  }").getData().toStringUtf8()).isEqualTo(text);
  }

  @Test
  void shouldTakeTextAsItsUtf8AndAnythingElseAsBase64() throws Exception {
    assertThat(
            parse("{\"data\":\"a\\né\",\"content_type\":\"text/plain\"}").getData().toStringUtf8())
        .isEqualTo("a\né");
    assertThat(parse("{\"content_type\":\"image/png\",\"data\":\"AP8Q\"}").getData())
        .isEqualTo(ByteString.copyFrom(new byte[] {0, (byte) 0xff, 0x10}));
    assertThat(parse("{\"content_type\":\"Application/JSON\",\"data\":1}").getData().toStringUtf8())
        .isEqualTo("1");
  }

  @Test
  void shouldReadAFrameWithItsOneAddress() throws Exception {
    PublishRequest request =
        PublishRequestParser.parse(
            utf8("{\"ref\":\"7\",\"channel\":\"a\",\"data\":{},\"ttl\":\"250ms\"}"),
            PublishForm.FRAME);
    assertThat(request.ref()).isEqualTo(7);
    assertThat(request.event().getChannelsList()).containsExactly("a");
    assertThat(request.event().getTtl())
        .isEqualTo(Duration.newBuilder().setNanos(250_000_000).build());
    assertThat(
            PublishRequestParser.parse(utf8("{\"ref\":8,\"user\":\"42\"}"), PublishForm.FRAME)
                .event()
                .getUsersList())
        .containsExactly("42");
  }

  @Test
  void shouldCountNullAsAbsent() throws Exception {
    Event event =
        parse("{\"channels\":[\"a\"],\"users\":null,\"type\":null,\"id\":null,\"ttl\":null}");
    assertThat(event).isEqualTo(Event.newBuilder().addChannels("a").build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          []                                      | this is not a JSON object
          7                                       | this is not a JSON object
          {"channels":["a"]} {}                   | something follows the JSON object
          {"chanels":["a"]}                       | unknown member "chanels"
          {"channel":"a"}                         | unknown member "channel"
          {"ref":1}                               | unknown member "ref"
          {"channels":"a"}                        | channels is not a list of strings
          {"channels":[1]}                        | channels is not a list of strings
          {"users":[null]}                        | users is not a list of strings
          {"type":1}                              | type is not a string
          {"id":{}}                               | id is not a string
          {"id":"a","id":"b"}                     | id is there twice
          {"ttl":30}                              | ttl is not a string
          {"ttl":"30"}                            | ttl is not a span of time such as 250ms, 30s, 5m or 2h
          {"ttl":"-30s"}                          | ttl is not a span of time such as 250ms, 30s, 5m or 2h
          {"time":"2026-11-24T09:30:00Z"}         | unknown member "time"
          {"attributes":["a"]}                    | attributes is not an object of strings
          {"attributes":{"a":1}}                  | attributes is not an object of strings
          {"attributes":{"a":"b","a":"c"}}        | attribute "a" is there twice
          {"content_type":"text/html","data":{}}  | data is not a string: with content_type "text/html" it is text
          {"content_type":"a/b","data":1}         | data is not a string: with content_type "a/b" it is base64
          {"content_type":"a/b","data":"!!"}      | data is not base64
          """)
  void shouldSayWhatIsWrong(String json, String detail) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(MalformedPublishException.class)
        .hasMessage(detail);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"data\":}",
        "{\"data\":{\"a\":[1,2}}",
        "{\"data\":\"a",
        "{\"data\":01}",
        "{\"data\":NaN}",
        "{\"data\":'a'}",
        "{\"data\":1,}",
        "{data:1}",
        "{\"id\":\"\u0007\"}",
        "\ufeff{\"data\":x}",
      })
  void shouldRefuseWhatIsNotJson(String json) {
    assertThatThrownBy(() -> parse(json))
        .isInstanceOf(MalformedPublishException.class)
        .message()
        .startsWith(json.isEmpty() ? "this is not a JSON object" : "this is not JSON, at line 1")
        .matches("[ -~]+");
  }

  @Test
  void shouldRefuseOtherEncodings() {
    byte[] latin1 = "{\"id\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> PublishRequestParser.parse(latin1, PublishForm.REQUEST))
        .hasMessage("the body is not UTF-8");
    byte[] utf16 = "{\"id\":\"e\"}".getBytes(StandardCharsets.UTF_16BE);
    assertThatThrownBy(() -> PublishRequestParser.parse(utf16, PublishForm.REQUEST))
        .isInstanceOf(MalformedPublishException.class);
  }

  @Test
  void shouldRefuseDataThatIsNestedWithoutEnd() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    assertThatThrownBy(() -> parse("{\"data\":" + deep + "}"))
        .isInstanceOf(MalformedPublishException.class);
  }

  private static Event parse(String json) throws MalformedPublishException {
    return PublishRequestParser.parse(utf8(json), PublishForm.REQUEST).event().build();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
