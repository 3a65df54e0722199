package dev.tailrace.monitoring;

import java.util.List;

/**
 * What a PromQL expression takes its series by.
 *
 * @param metric its name
 * @param labels those that its matchers name
 * @param text as it stands there, without a range
 */
record Selector(String metric, List<String> labels, String text) {}
