/**
 * Whole or told: what producers sent and clients saw, and whether it fits.
 *
 * <p>A test makes one {@link dev.tailrace.testing.history.History}. Its producers log each event
 * before they send it and again when Kafka has acknowledged it; each of its clients logs what it
 * asks for, that it knows its starting cursor, and then, over all its connections, each event and
 * each gap in the order in which it took them. An event and the cursor behind it are taken
 * together: a client that is cut logs nothing that it will ask for again.
 *
 * <pre>{@code
 * History history = new History();
 * history.sending("e1", Set.of(Address.channel("scores")));            // then it is sent
 * history.acknowledged("e1", new Place("tailrace.events-0", 17));      // in the callback
 *
 * ClientLog ada = history.client("ada by sse");
 * ada.asked(Address.channel("scores"), Address.user("ada"));           // then it connects
 * ada.began(Address.channel("scores"));                                // at the starting cursor
 * ada.saw(Address.channel("scores"), "e1");
 * ada.told(ToldGap.of("retention", "scores"));
 *
 * await().until(history::isSettled);
 * assertThat(history.findings()).isEmpty();
 * }</pre>
 *
 * <p>What is held against a client, address by address:
 *
 * <ul>
 *   <li><b>Lost.</b> What was sent after it began has to come, and so has all that lies behind the
 *       first event it saw of a source. Only acknowledged events have to. Of a client that left,
 *       nothing behind the last that it saw has to.
 *   <li><b>Repeated.</b> Each event comes once. After a gap that is {@code approximate} and covers
 *       the address each may come once more.
 *   <li><b>Out of order.</b> Events of one source (an ingress partition) come in the order of their
 *       offsets; after an approximate gap they may begin anew, in order again. What is acknowledged
 *       without a place has no order.
 *   <li><b>Phantom.</b> Nothing comes that nobody sent.
 *   <li><b>Leaked.</b> Nothing comes at an address that the client did not ask for, or that it has
 *       left, or to which the event was not sent; and no gap names such a channel.
 * </ul>
 *
 * <p>What is lost is excused by a gap that <i>covers</i> it:
 *
 * <ul>
 *   <li>it names the channel, or it names none and the address is the user's;
 *   <li>it was told after the event of that source and address before the hole came, and before the
 *       one after the hole did, if there is any: before anything newer, and not for the loss
 *       before;
 *   <li>and it was told after what is lost was sent.
 * </ul>
 *
 * <p>A gap {@code upstream} is told once on a connection for all its lane partitions. So it covers
 * personal events whatever channels it names, and older events may come between it and the hole.
 *
 * <p>A gap without a hole is fine: the platform does not know for whom the lost events were. Not
 * known here are what may be left out without a gap: events with a {@code ttl}, and what conflation
 * leaves out. A test that has such does without this, or sends them under addresses that no client
 * logs.
 */
@NullMarked
package dev.tailrace.testing.history;

import org.jspecify.annotations.NullMarked;
