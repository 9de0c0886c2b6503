/**
 * The layers, the loss, the optimizer and the metric against their definitions in Keras and
 * TensorFlow Recommenders, with numbers worked out by hand or by a second implementation in the
 * test. The module's README has the table of layer, definition and test; SPEC.md says where ours
 * differs on purpose.
 */
package io.towerflow.conformance;
