/**
 * The model spec: what a deployment declares in YAML instead of coding. The records here are the
 * checked result; {@code ModelSpecs} reads and refuses.
 */
package io.towerflow.spec;
