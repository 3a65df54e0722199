/** The whole platform as its users meet it. */
package dev.tailrace.system;
