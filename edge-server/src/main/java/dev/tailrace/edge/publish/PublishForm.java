package dev.tailrace.edge.publish;

/** The two JSON forms of a publish object, which differ in what names the addresses. */
public enum PublishForm {
  /** The body of {@code POST /v1/publish}: lists of channels and users, and every field. */
  REQUEST,
  /** The {@code publish} frame of a WebSocket: {@code ref}, and one channel or one user. */
  FRAME
}
