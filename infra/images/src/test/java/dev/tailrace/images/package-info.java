/** The image, built and run. */
package dev.tailrace.images;
