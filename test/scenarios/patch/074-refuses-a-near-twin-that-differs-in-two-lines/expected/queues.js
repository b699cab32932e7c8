/**
 * LIFO queue implementation
 * @template [T=any]
 * @constructor
 */
function LIFOQueue() {
  this.tasks = [];
  this.size = 0;
}
