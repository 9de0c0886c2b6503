/** What training minimizes. */
package io.towerflow.loss;
