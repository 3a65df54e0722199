package dev.tailrace.client;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What needs more than Android 8 has: the build holds all else to that. */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
@interface SinceAndroid11 {}
