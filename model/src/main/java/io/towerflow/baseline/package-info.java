/** What a team runs today, to be measured beside the model: popularity, neighbours, factors. */
package io.towerflow.baseline;
