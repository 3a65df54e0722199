package dev.tailrace.edge.transport.websocket;

import java.nio.ByteBuffer;

/**
 * A frame of a client, unmasked. A data frame may come in pieces, as its bytes come in: the first
 * with the frame's opcode, the others as its continuation.
 *
 * @param fin whether a message ends with it
 * @param compressed whether the message that begins with it is
 * @param payload to be read before the next frame is asked for
 */
record ReceivedFrame(byte opCode, boolean fin, boolean compressed, ByteBuffer payload) {}
