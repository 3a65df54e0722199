package dev.tailrace.terraform;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Schemas of a provider, and their bytes in Terraform's plugin protocol, version 6. Field numbers
 * are those of its tfplugin6.proto.
 */
final class Schema {
  enum Nesting {
    SINGLE(1),
    LIST(2),
    SET(3);

    private final int number;

    Nesting(int number) {
      this.number = number;
    }
  }

  /** The type is Terraform's, as JSON. */
  record Attribute(
      String name, String type, boolean required, boolean computed, boolean writeOnly) {
    private byte[] bytes() {
      return message(
          out -> {
            out.writeString(1, name);
            out.writeByteArray(2, type.getBytes(StandardCharsets.UTF_8));
            out.writeBool(4, required);
            out.writeBool(5, !required && !readOnly());
            out.writeBool(6, computed && !required);
            out.writeBool(11, writeOnly);
          });
    }

    private boolean readOnly() {
      return computed && !settable(name);
    }
  }

  /** No maximum: 0. */
  record Nested(String name, Nesting nesting, int min, int max, Block block) {
    private byte[] bytes() {
      return message(
          out -> {
            out.writeString(1, name);
            out.writeByteArray(2, block.bytes());
            out.writeEnum(3, nesting.number);
            out.writeInt64(4, min);
            out.writeInt64(5, max);
          });
    }
  }

  record Block(List<Attribute> attributes, List<Nested> blocks) {
    private byte[] bytes() {
      return message(
          out -> {
            for (Attribute attribute : attributes) {
              out.writeByteArray(2, attribute.bytes());
            }
            for (Nested nested : blocks) {
              out.writeByteArray(3, nested.bytes());
            }
          });
    }

    /** Terraform has no sets of what has no type. */
    boolean untyped() {
      return attributes.stream().anyMatch(attribute -> attribute.type().contains("dynamic"))
          || blocks.stream().anyMatch(nested -> nested.block().untyped());
    }
  }

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private Schema() {}

  /** Of attributes that Terraform fills in, those that a configuration may set as well. */
  static boolean settable(String attribute) {
    return attribute.equals("id") || attribute.equals("region") || attribute.equals("tags_all");
  }

  /** The answer to {@code GetProviderSchema}. */
  static byte[] answer(Block provider, Map<String, Block> resources, Map<String, Block> data) {
    return message(
        out -> {
          out.writeByteArray(1, schema(provider));
          for (Map.Entry<String, Block> resource : resources.entrySet()) {
            out.writeByteArray(2, entry(resource));
          }
          for (Map.Entry<String, Block> source : data.entrySet()) {
            out.writeByteArray(3, entry(source));
          }
        });
  }

  private static byte[] entry(Map.Entry<String, Block> named) {
    return message(
        out -> {
          out.writeString(1, named.getKey());
          out.writeByteArray(2, schema(named.getValue()));
        });
  }

  private static byte[] schema(Block block) {
    return message(out -> out.writeByteArray(2, block.bytes()));
  }

  private static byte[] message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
