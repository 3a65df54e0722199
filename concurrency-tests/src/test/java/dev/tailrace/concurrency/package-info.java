/** How the stress tests are run; each lies in the package of the class that it is for. */
package dev.tailrace.concurrency;
