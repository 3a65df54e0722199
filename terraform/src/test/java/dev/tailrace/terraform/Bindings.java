package dev.tailrace.terraform;

import dev.tailrace.terraform.Schema.Attribute;
import dev.tailrace.terraform.Schema.Block;
import dev.tailrace.terraform.Schema.Nested;
import dev.tailrace.terraform.Schema.Nesting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads schemas out of the bindings for JavaScript that are generated from a provider's own: the
 * names of attributes and blocks, their types, what is required, what the provider fills in.
 *
 * <p>What is optional and filled in otherwise stays empty when it is not set, but for a few: rules
 * are to see what was written.
 */
final class Bindings {
  private static final Pattern STRUCT =
      Pattern.compile("function (\\w+)ToHclTerraform\\(struct\\)");
  private static final Pattern CLASS = Pattern.compile("class (\\w+) .*");
  private static final Pattern MAIN = Pattern.compile("(\\w+)\\.tfResourceType = \"(\\w+)\";");
  private static final Pattern PROPERTY = Pattern.compile("\\s+(\\w+): \\{$");
  private static final Pattern IS_BLOCK = Pattern.compile("\\s+isBlock: (true|false),");
  private static final Pattern KIND = Pattern.compile("\\s+type: \"(\\w+)\",");
  private static final Pattern STORAGE = Pattern.compile("\\s+storageClassType: \"(\\w+)\",");
  private static final Pattern FLAGS =
      Pattern.compile("\\s+// (\\w+) - computed: (\\w+), optional: (\\w+), required: (\\w+)");
  private static final Pattern GETTER =
      Pattern.compile(".*this\\.get(\\w+)Attribute\\('(\\w+)'\\).*");
  private static final Pattern PART =
      Pattern.compile("\\s+this\\._\\w+ = new (\\w+)\\(this, [\"'](\\w+)[\"'].*");
  private static final Pattern INTERFACE = Pattern.compile("export interface (\\w+).*");
  private static final Pattern DOCUMENTED = Pattern.compile(".*#(\\w+) \\w+#\\w+\\}.*");
  private static final Pattern FIELD = Pattern.compile("    readonly \\w+(\\??):.*");
  private static final Pattern PLAIN = Pattern.compile("(string|number|boolean|any)(List|Map)?");

  private static final Map<String, String> TYPES =
      Map.of("string", "string", "number", "number", "boolean", "bool", "any", "dynamic");

  /** Types of what only the provider sets, by how it is got. */
  private static final Map<String, String> READ =
      Map.of(
          "String", "\"string\"",
          "Number", "\"number\"",
          "Boolean", "\"bool\"",
          "List", "[\"list\",\"string\"]",
          "NumberList", "[\"list\",\"number\"]",
          "StringMap", "[\"map\",\"string\"]",
          "BooleanMap", "[\"map\",\"bool\"]",
          "NumberMap", "[\"map\",\"number\"]");

  /** A line, and what the last pattern that it was found to begin with makes of it. */
  private static final class Line {
    private final String text;
    private Matcher matcher;

    Line(String text) {
      this.text = text;
      this.matcher = CLASS.matcher(text);
    }

    boolean is(Pattern pattern) {
      matcher = pattern.matcher(text);
      return matcher.lookingAt();
    }

    String part(int group) {
      return matcher.group(group);
    }
  }

  /** The kind is simple, list, set, map or struct; the storage names its type. */
  private static final class Property {
    private boolean block;
    private String kind = "";
    private String storage = "";

    void read(Line line) {
      if (line.is(IS_BLOCK)) {
        block = Boolean.parseBoolean(line.part(1));
      } else if (line.is(KIND)) {
        kind = line.part(1);
      } else if (line.is(STORAGE)) {
        storage = line.part(1);
      }
    }
  }

  /** What a class of the bindings tells of its attributes. */
  private static final class Tells {
    private final List<String> onlyComputed = new ArrayList<>();
    private final Map<String, String> getters = new HashMap<>();

    void read(Line line) {
      if (line.is(FLAGS)) {
        boolean set = line.part(3).equals("true") || line.part(4).equals("true");
        if (line.part(2).equals("true") && !set) {
          onlyComputed.add(line.part(1));
        }
      } else if (line.is(GETTER) || line.is(PART)) {
        getters.put(line.part(2), line.part(1));
      }
    }
  }

  private static final Tells NOTHING = new Tells();

  private final Map<String, Map<String, Property>> structs = new HashMap<>();
  private final Map<String, Property> main = new LinkedHashMap<>();
  private final Map<String, Tells> classes = new HashMap<>();
  private final Map<String, Map<String, Boolean>> required = new HashMap<>();
  private String mainClass = "";
  private String type = "";

  private Bindings() {}

  /** Of a resource, a data source or the provider itself: its code, and its types. */
  static Bindings read(String code, String types) {
    Bindings bindings = new Bindings();
    bindings.readCode(code);
    bindings.readTypes(types);
    if (bindings.type.isEmpty() || bindings.main.isEmpty()) {
      throw new IllegalArgumentException("no bindings as they are known");
    }
    return bindings;
  }

  /** As a configuration names it, such as {@code aws_vpc}. */
  String type() {
    return type;
  }

  Block block() {
    return block(main, mainClass);
  }

  private void readCode(String code) {
    Map<String, Property> body = null;
    Property property = null;
    Tells tells = NOTHING;
    for (String text : code.lines().toList()) {
      Line line = new Line(text);
      if (line.is(STRUCT)) {
        body = new LinkedHashMap<>();
        structs.put(line.part(1).toLowerCase(Locale.ROOT), body);
      } else if (text.equals("    synthesizeHclAttributes() {")) {
        body = main;
      } else if (text.equals("}")) {
        body = null;
      } else if (line.is(CLASS)) {
        tells = new Tells();
        classes.put(line.part(1), tells);
      } else if (line.is(MAIN)) {
        mainClass = line.part(1);
        type = line.part(2);
      }
      if (body != null && line.is(PROPERTY)) {
        property = new Property();
        body.put(line.part(1), property);
      } else if (body != null && property != null) {
        property.read(line);
      }
      tells.read(line);
    }
  }

  private void readTypes(String types) {
    Map<String, Boolean> fields = new HashMap<>();
    String documented = null;
    for (String text : types.lines().toList()) {
      Line line = new Line(text);
      if (line.is(INTERFACE)) {
        fields = new HashMap<>();
        required.put(line.part(1), fields);
      } else if (line.is(DOCUMENTED)) {
        documented = line.part(1);
      } else if (documented != null && line.is(FIELD)) {
        fields.put(documented, line.part(1).isEmpty());
        documented = null;
      }
    }
  }

  private Block block(Map<String, Property> properties, String className) {
    List<Attribute> attributes = new ArrayList<>();
    List<Nested> blocks = new ArrayList<>();
    Tells tells = classes.getOrDefault(className, NOTHING);
    properties.forEach(
        (name, property) -> {
          boolean needed = isRequired(className, name);
          if (property.block) {
            blocks.add(nested(name, property, tells, needed));
          } else {
            attributes.add(
                new Attribute(
                    name, type(property), needed, Schema.settable(name), name.endsWith("_wo")));
          }
        });
    for (String name : tells.onlyComputed) {
      if (!properties.containsKey(name)) {
        String read = READ.getOrDefault(tells.getters.getOrDefault(name, ""), "\"dynamic\"");
        attributes.add(new Attribute(name, read, false, true, false));
      }
    }
    return new Block(attributes, blocks);
  }

  private boolean isRequired(String className, String attribute) {
    String struct =
        className.equals(mainClass)
            ? className + "Config"
            : className.substring(0, className.length() - "OutputReference".length());
    return required.getOrDefault(struct, Map.of()).getOrDefault(attribute, false);
  }

  private Nested nested(String name, Property property, Tells tells, boolean needed) {
    String struct = property.storage.replaceFirst("(List|Map)$", "");
    Block inner =
        block(
            structs.getOrDefault(struct.toLowerCase(Locale.ROOT), Map.of()),
            struct + "OutputReference");
    boolean single = property.kind.equals("struct");
    boolean set = property.kind.equals("set");
    boolean many = tells.getters.getOrDefault(name, "").endsWith("List");
    Nesting nesting =
        single ? Nesting.SINGLE : set && !inner.untyped() ? Nesting.SET : Nesting.LIST;
    return new Nested(
        name, nesting, needed && !single ? 1 : 0, single || set || many ? 0 : 1, inner);
  }

  private static String type(Property property) {
    Matcher plain = PLAIN.matcher(property.storage);
    if (!plain.matches()) {
      return "\"dynamic\"";
    }
    String element = "\"" + TYPES.get(plain.group(1)) + "\"";
    if (plain.group(2) == null) {
      return element;
    }
    String collection =
        plain.group(2).equals("Map") ? "map" : property.kind.equals("set") ? "set" : "list";
    return "[\"" + collection + "\"," + element + "]";
  }
}
