package dev.tailrace.schemas;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares two descriptor sets and lists what would break a reader or writer built with the older
 * one, on the wire or in JSON: a field gone without its number and name reserved, another type,
 * label, oneof or name under a number, an enum value changed, a message or package gone.
 */
final class SchemaCompatibility {
  private final List<String> breaks = new ArrayList<>();

  private SchemaCompatibility() {}

  static List<String> breaks(FileDescriptorSet before, FileDescriptorSet after) {
    SchemaCompatibility comparison = new SchemaCompatibility();
    Map<String, DescriptorProto> oldMessages = new LinkedHashMap<>();
    Map<String, DescriptorProto> newMessages = new LinkedHashMap<>();
    Map<String, EnumDescriptorProto> oldEnums = new LinkedHashMap<>();
    Map<String, EnumDescriptorProto> newEnums = new LinkedHashMap<>();
    before.getFileList().forEach(file -> collect(file, oldMessages, oldEnums));
    after.getFileList().forEach(file -> collect(file, newMessages, newEnums));
    oldMessages.forEach((name, old) -> comparison.message(name, old, newMessages.get(name)));
    oldEnums.forEach((name, old) -> comparison.enumeration(name, old, newEnums.get(name)));
    return comparison.breaks;
  }

  private static void collect(
      FileDescriptorProto file,
      Map<String, DescriptorProto> messages,
      Map<String, EnumDescriptorProto> enums) {
    file.getMessageTypeList().forEach(m -> collect(file.getPackage(), m, messages, enums));
    file.getEnumTypeList().forEach(e -> enums.put(file.getPackage() + "." + e.getName(), e));
  }

  private static void collect(
      String scope,
      DescriptorProto message,
      Map<String, DescriptorProto> messages,
      Map<String, EnumDescriptorProto> enums) {
    String name = scope + "." + message.getName();
    messages.put(name, message);
    message.getNestedTypeList().forEach(nested -> collect(name, nested, messages, enums));
    message.getEnumTypeList().forEach(e -> enums.put(name + "." + e.getName(), e));
  }

  private void message(String name, DescriptorProto old, @Nullable DescriptorProto now) {
    if (now == null) {
      breaks.add(name + " is gone");
      return;
    }
    for (FieldDescriptorProto field : old.getFieldList()) {
      String label = name + "." + field.getName() + " = " + field.getNumber();
      now.getFieldList().stream()
          .filter(f -> f.getNumber() == field.getNumber())
          .findFirst()
          .ifPresentOrElse(
              f -> field(label, old, field, now, f),
              () -> {
                if (!isReserved(now, field)) {
                  breaks.add(label + " is gone and its number and name are not reserved");
                }
              });
    }
  }

  private void field(
      String label,
      DescriptorProto oldMessage,
      FieldDescriptorProto old,
      DescriptorProto newMessage,
      FieldDescriptorProto now) {
    if (!old.getName().equals(now.getName())) {
      breaks.add(label + " is now called " + now.getName());
    }
    if (old.getType() != now.getType() || !old.getTypeName().equals(now.getTypeName())) {
      breaks.add(label + " has another type");
    }
    if (old.getLabel() != now.getLabel()) {
      breaks.add(label + " has another label");
    }
    if (!oneof(oldMessage, old).equals(oneof(newMessage, now))) {
      breaks.add(label + " moved between oneofs");
    }
  }

  private static String oneof(DescriptorProto message, FieldDescriptorProto field) {
    return field.hasOneofIndex() ? message.getOneofDecl(field.getOneofIndex()).getName() : "";
  }

  private static boolean isReserved(DescriptorProto message, FieldDescriptorProto field) {
    return message.getReservedNameList().contains(field.getName())
        && message.getReservedRangeList().stream()
            .anyMatch(r -> r.getStart() <= field.getNumber() && field.getNumber() < r.getEnd());
  }

  private void enumeration(
      String name, EnumDescriptorProto old, @Nullable EnumDescriptorProto now) {
    if (now == null) {
      breaks.add(name + " is gone");
      return;
    }
    old.getValueList()
        .forEach(
            value -> {
              boolean kept =
                  now.getValueList().stream()
                      .anyMatch(
                          v ->
                              v.getNumber() == value.getNumber()
                                  && v.getName().equals(value.getName()));
              if (!kept) {
                breaks.add(name + "." + value.getName() + " is gone or has another number");
              }
            });
  }
}
