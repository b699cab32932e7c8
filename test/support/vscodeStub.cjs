/* What activation touches of the editor's API, keeping what was registered. The editor itself is tested in test/workbench. */
const registered = [];
module.exports = {
  registered,
  commands: {
    registerCommand: (id, handler) => {
      registered.push({ id, handler });
      return { dispose() {} };
    },
  },
  window: { createOutputChannel: (name) => ({ name, show() {}, dispose() {} }) },
};
