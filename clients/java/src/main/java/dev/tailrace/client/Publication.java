package dev.tailrace.client;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** An event to publish. Threading: immutable; its builder is of one thread. */
public final class Publication {
  private final String body;

  private Publication(String body) {
    this.body = body;
  }

  /** One that has no address yet. */
  public static Builder builder() {
    return new Builder();
  }

  /** As {@code docs/protocol/publish.md} has it. */
  String body() {
    return body;
  }

  /** Makes one; at least one channel or user is needed. */
  public static final class Builder {
    private final List<String> channels = new ArrayList<>();
    private final List<String> users = new ArrayList<>();
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final Map<String, String> members = new LinkedHashMap<>();

    private Builder() {}

    /** For those who follow this channel; may be repeated. */
    public Builder channel(String channel) {
      channels.add(Json.quoted(channel));
      return this;
    }

    /** For this user; may be repeated. */
    public Builder user(String user) {
      users.add(Json.quoted(user));
      return this;
    }

    /** What kind of event it is. */
    public Builder type(String type) {
      members.put("type", Json.quoted(type));
      return this;
    }

    /**
     * JSON as data.
     *
     * @throws IllegalArgumentException if it is none
     */
    public Builder json(String data) {
      members.put("data", Json.checked(data));
      return this;
    }

    /** A text as data. */
    public Builder text(String data) {
      members.put("content_type", Json.quoted("text/plain"));
      members.put("data", Json.quoted(data));
      return this;
    }

    /** Bytes of this media type, which is neither JSON nor text, as data. */
    public Builder bytes(String mediaType, byte[] data) {
      members.put("content_type", Json.quoted(mediaType));
      members.put("data", Json.quoted(Base64.getEncoder().encodeToString(data)));
      return this;
    }

    /** Its id; one is made otherwise. */
    public Builder id(String id) {
      members.put("id", Json.quoted(id));
      return this;
    }

    /** For how long it may be delivered: {@code 250ms}, {@code 30s}, {@code 5m}, {@code 2h}. */
    public Builder ttl(String ttl) {
      members.put("ttl", Json.quoted(ttl));
      return this;
    }

    /** Of what it is the newest state. */
    public Builder conflationKey(String key) {
      members.put("conflation_key", Json.quoted(key));
      return this;
    }

    /** Something about it that subscribers are shown. */
    public Builder attribute(String name, String value) {
      attributes.put(name, value);
      return this;
    }

    /** What was set; the server judges it. */
    public Publication build() {
      StringJoiner body = new StringJoiner(",", "{", "}");
      if (!channels.isEmpty()) {
        body.add("\"channels\":[" + String.join(",", channels) + "]");
      }
      if (!users.isEmpty()) {
        body.add("\"users\":[" + String.join(",", users) + "]");
      }
      members.forEach((name, value) -> body.add(Json.quoted(name) + ":" + value));
      if (!attributes.isEmpty()) {
        StringJoiner more = new StringJoiner(",", "{", "}");
        attributes.forEach((name, value) -> more.add(Json.quoted(name) + ":" + Json.quoted(value)));
        body.add("\"attributes\":" + more);
      }
      return new Publication(body.toString());
    }
  }
}
