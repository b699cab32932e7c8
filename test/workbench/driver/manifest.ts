/** The driver's package.json. It is put beside the bundle when the driver is built (test/workbench/support/extensionsUnderTest.ts). */
export const DRIVER = {
  name: 'speckit-driver',
  publisher: 'speckit-test',
  displayName: 'SpecKit Test Driver',
  description: 'Stands in for a vendor of language models while SpecKit is tested.',
  version: '0.0.0',
  license: 'MIT',
  engines: { vscode: '^1.125.0' },
  main: './driver.cjs',
  // None: VS Code activates it itself when somebody asks for the vendor's models. vsce wants the property beside `main`.
  activationEvents: [],
  contributes: {
    languageModelChatProviders: [{ vendor: 'speckit-test', displayName: 'SpecKit Test' }],
  },
} as const;
