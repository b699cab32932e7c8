import type { Language } from './languages.ts';

/** pytest and unittest. */
export const pythonLanguage: Language = {
  name: 'Python',
  extensions: ['.py', '.pyi'],
  tokens:
    /(?<comment>#[^\n]*)|(?<literal>"""(?:[^\\]|\\[\s\S])*?(?:"""|$)|'''(?:[^\\]|\\[\s\S])*?(?:'''|$)|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?)/g,
  hasTestsInSource: false,
  cases: [
    {
      pattern: /^[ \t]*(?:async[ \t]+)?def[ \t]+(test\w*)[ \t]*\(/gm,
      block: 'indentation',
      match: ['def test_adds():', '    async def test_x(self):'],
      notMatch: ['def helper():', 'def _test_x():', 'test_x()'],
    },
  ],
  skips: [
    {
      pattern: /\bpytest\.(?:mark\.(?:skip|skipif|xfail)\b|(?:skip|xfail|importorskip)\s*\()/g,
      match: ['@pytest.mark.skip', 'pytestmark = pytest.mark.skipif(a)', "pytest.skip('x')"],
      notMatch: ['@pytest.mark.slow', 'pytest.raises(E)'],
    },
    {
      pattern:
        /\bunittest\.(?:skip|skipIf|skipUnless|expectedFailure|SkipTest)\b|@(?:skip|skipIf|skipUnless|expectedFailure)\b/g,
      match: ["@unittest.skip('x')", '@skipUnless(a)', 'raise unittest.SkipTest'],
      notMatch: ['unittest.TestCase', 'skip = 1'],
    },
    {
      pattern: /\bself\.skipTest\s*\(|\b__test__\s*=\s*False\b|\bcollect_ignore(?:_glob)?\b/g,
      match: ["self.skipTest('x')", '__test__ = False', 'collect_ignore = []'],
      notMatch: ['self.test()', '__test__ = True'],
    },
  ],
  assertions: [
    {
      pattern: /(?<![\w.])assert(?=[\s(])/g,
      match: ['assert a == 1', 'assert(a)'],
      notMatch: ['self.assert_(a)', 'assertion = 1'],
    },
    {
      pattern: /(?<![\w.])(?<!\bdef )(?:\w+\.)*assert[A-Z_]\w*\s*\(/g,
      match: ['self.assertEqual(a, 1)', 'np.testing.assert_allclose(a, b)', 'call.assert_called_once()'],
      notMatch: ['def assert_same(a):', 'asserted(a)'],
    },
    {
      pattern: /\bpytest\.(?:raises|warns|fail)\s*\(|\bself\.fail\s*\(/g,
      match: ['with pytest.raises(E):', "self.fail('x')"],
      notMatch: ['pytest.mark.slow', 'raises(E)'],
    },
  ],
  trivial: [
    {
      pattern: /^assert(?: |\(|(?=["']))(?:True|1|not False|"[^"]+"|'[^']+')\)?(?:,.*)?$/g,
      match: ['assert True', 'assert(True)', "assert True,'x'", "assert('x')"],
      notMatch: ['assert Trueish', 'assert a', 'assert 1==a'],
    },
    {
      pattern: /^assert(?: |\()(.+)(?:==| is )\1\)?(?:,.*)?$/g,
      match: ['assert a==a', 'assert f(a)==f(a)', 'assert a is a'],
      notMatch: ['assert a==b', 'assert a is not a', 'assert a==a.b'],
    },
    {
      pattern: /^assert\b.*\bor True$|^assert\(.+,(?:"[^"]*"|'[^']*')\)$/g,
      match: ['assert a or True', "assert(a==b,'x')"],
      notMatch: ["assert a==b,'x'", 'assert a or b'],
    },
    {
      pattern:
        /^self\.(?:assertTrue\((?:True|1)|assertFalse\((?:False|0)|assert(?:Equals?|Is|ListEqual|DictEqual)\((.+),\1)[,)]/g,
      match: ['self.assertTrue(True)', 'self.assertEqual(a,a)', 'self.assertFalse(False)'],
      notMatch: ['self.assertTrue(a)', 'self.assertEqual(a,b)', 'self.assertNotEqual(a,a)'],
    },
  ],
  suppressions: [
    {
      pattern: /#\s*(?:noqa|nosec|fmt:\s*(?:off|skip)|isort:\s*skip)\b|\b(?:flake8|ruff):\s*noqa\b/g,
      where: 'comment',
      match: ['# noqa: E501', '# ruff: noqa', '# fmt: off'],
      notMatch: ['# no qa needed'],
    },
    {
      pattern: /\b(?:type|pyright|mypy|pyre):\s*ignore|\bpylint:\s*(?:disable|skip)|\bpragma:\s*no\s*cover/g,
      where: 'comment',
      match: ['# type: ignore[arg]', '# pylint: disable=x', '# pragma: no cover'],
      notMatch: ['# pylint: enable=x', '# type: int'],
    },
  ],
};

/** The standard library's testing package and testify. */
export const goLanguage: Language = {
  name: 'Go',
  extensions: ['.go'],
  tokens:
    /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<literal>"(?:[^"\\\n]|\\.)*"?|`[^`]*`?|'(?:[^'\\\n]|\\.[^'\n]*)')/g,
  hasTestsInSource: false,
  cases: [
    {
      pattern: /^func[ \t]+(?:\([^)]*\)[ \t]*)?((?:Test|Fuzz|Benchmark|Example)\w*)\s*\(/gm,
      block: 'braces',
      match: ['func TestAdd(t *testing.T) {', 'func (s *Suite) TestAdd() {'],
      notMatch: ['func helperTest() {', 'TestAdd(t)'],
    },
    {
      pattern: /\b(?:t|b|s|suite)\.Run\s*\(/g,
      block: 'parentheses',
      match: ['t.Run("x", func(t *testing.T) {'],
      notMatch: ['cmd.Run()', 't.Running('],
    },
  ],
  skips: [
    {
      pattern: /\b(?:t|b|f|s\.T\(\)|tb)\.(?:Skip|Skipf|SkipNow)\s*\(/g,
      match: ['t.Skip("x")', 't.SkipNow()'],
      notMatch: ['list.Skip(1)', 't.Skipped()'],
    },
  ],
  assertions: [
    {
      pattern: /\bif\b[^\n{]*\{\s*(?:t|b|tb)\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\s*\(/g,
      match: ['if got != want {\n\t\tt.Errorf("x")', 'if err != nil { t.Fatal(err)'],
      notMatch: ['if got != want {\n\t\tlog.Print()'],
    },
    {
      pattern: /\b(?:t|b|tb)\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\s*\(/g,
      match: ['t.Fatal("x")'],
      notMatch: ['t.Log("x")', 'log.Fatal("x")'],
    },
    {
      pattern: /\b(?:assert|require|is|s|suite)\.(?:[A-Z]\w*)\s*\((?!\))/g,
      match: ['require.NoError(t, err)', 'assert.Equal(t, 1, got)'],
      notMatch: ['strings.Contains(a, b)', 's.T()'],
    },
  ],
  trivial: [
    {
      pattern:
        /^(?:assert|require)\.(?:True\(\w+,true|False\(\w+,false|(?:Equal|EqualValues|Exactly|Same)\(\w+,(.+),\1)[,)]/g,
      match: ['assert.True(t,true)', 'require.Equal(t,got,got)'],
      notMatch: ['assert.True(t,ok)', 'assert.Equal(t,want,got)', 'assert.NotEqual(t,a,a)'],
    },
    {
      pattern: /^if (?:[^{]*;)?(?:false|([^\s;]+)!=\1)\{/g,
      match: ['if false{t.Fatal()}', 'if got!=got{t.Fatal()}', 'if got:=f();got!=got{t.Fatal()}'],
      notMatch: ['if got!=want{t.Fatal()}'],
    },
  ],
  suppressions: [
    {
      pattern: /\/\/\s*(?:nolint\b|lint:(?:ignore|file-ignore)\b)|#nosec\b/g,
      where: 'comment',
      match: ['//nolint:errcheck', '// #nosec G101', '//lint:ignore U1000 x'],
      notMatch: ['// no lint here'],
    },
  ],
};

/** The built-in test harness, rstest and tokio tests. */
export const rustLanguage: Language = {
  name: 'Rust',
  extensions: ['.rs'],
  tokens:
    /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<literal>r"[^"]*"|r#"[\s\S]*?"#|"(?:[^"\\]|\\[\s\S])*"?|'(?:\\[^'\n]+|[^\\'\n])')/g,
  hasTestsInSource: true,
  cases: [
    {
      pattern:
        /#\[(?:\w+::)*(?:test|rstest|test_case|proptest)(?:\([^\]]{0,300}\))?\]\s*(?:#\[[^\]]{0,300}\]\s*){0,8}(?:pub\s+)?(?:async\s+)?fn\s+(\w+)/g,
      block: 'braces',
      match: ['#[test]\nfn adds() {', '#[tokio::test]\n#[ignore]\nasync fn waits() {'],
      notMatch: ['fn adds() {', '#[cfg(test)]\nmod tests {'],
    },
  ],
  skips: [
    {
      pattern: /#\[(?:ignore\b|cfg_attr\([^\]]{0,300}\bignore\b)/g,
      match: ['#[ignore]', '#[ignore = "slow"]', '#[cfg_attr(windows, ignore)]'],
      notMatch: ['#[test]', 'ignore()'],
    },
  ],
  assertions: [
    {
      pattern: /(?<!\w)(?:prop_|debug_)?assert(?:_\w+)?!\s*[([{]/g,
      match: ['assert!(a)', 'assert_eq!(a, b)', 'assert_matches!(a, B)'],
      notMatch: ['macro_rules! assert_x', 'assert(a)'],
    },
    {
      pattern: /(?<!\w)panic!\s*\(|#\[should_panic\b/g,
      match: ['panic!("x")', '#[should_panic]'],
      notMatch: ['panic::catch_unwind(f)'],
    },
  ],
  trivial: [
    {
      pattern: /^assert!\((?:true|!false|(.+)==\1)[,)]/g,
      match: ['assert!(true)', 'assert!(a==a)'],
      notMatch: ['assert!(a)', 'assert!(a==b)'],
    },
    {
      pattern: /^assert_eq!\((.+),\1[,)]/g,
      match: ['assert_eq!(1,1)', 'assert_eq!(a,a,"x")'],
      notMatch: ['assert_eq!(a,b)', 'assert_ne!(a,a)'],
    },
  ],
  suppressions: [
    {
      pattern: /#!?\[(?:cfg_attr\([^\]]{0,300}\b)?(?:allow|expect|rustfmt::skip|clippy::skip)\b/g,
      where: 'code',
      match: ['#[allow(dead_code)]', '#![allow(clippy::all)]', '#[rustfmt::skip]'],
      notMatch: ['#[deny(warnings)]', 'allow(a)'],
    },
  ],
};

/** Java and Kotlin with JUnit 3 to 5, TestNG, AssertJ, Mockito and Kotest matchers. */
export const jvmLanguage: Language = {
  name: 'Java',
  extensions: ['.java', '.kt', '.kts'],
  tokens:
    /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<literal>"""[\s\S]*?(?:"""|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\[^'\n]+)')/g,
  hasTestsInSource: false,
  cases: [
    {
      pattern:
        /@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property)\b(?:\([^)]{0,300}\))?\s*(?:@\w+(?:\([^)]{0,300}\))?\s*){0,8}(?:(?:public|private|protected|internal|static|final|suspend|open|override)\s+){0,5}(?:fun|[\w<>[\],?]+)\s+(`[^`]+`|\w+)\s*\(/g,
      block: 'braces',
      match: ['@Test\nvoid adds() {', '@Test @Disabled public void adds() {', '@Test fun `adds two`() {'],
      notMatch: ['void adds() {', '@TestConfiguration class A {'],
    },
    {
      pattern: /\bpublic\s+void\s+(test\w+)\s*\(/g,
      block: 'braces',
      match: ['public void testAdds() {'],
      notMatch: ['public void adds() {', 'testAdds();'],
    },
  ],
  skips: [
    {
      pattern: /@(?:Disabled\w*|EnabledIf\w*|EnabledOn\w*|Ignore)\b/g,
      match: ['@Disabled("x")', '@Ignore', '@DisabledOnOs(WINDOWS)'],
      notMatch: ['@IgnoreProperties', '@Test'],
    },
    {
      pattern: /\benabled\s*=\s*false\b|\bassum(?:e|ing)(?:True|False|That|NotNull|NoException)\s*\(/g,
      match: ['@Test(enabled = false)', 'assumeTrue(isLinux)'],
      notMatch: ['enabled = true', 'assertTrue(a)'],
    },
  ],
  assertions: [
    {
      pattern: /(?<![\w.])(?<!\b(?:void|fun) )(?:\w+\.)*(?:assert\w*|verify\w*|fail|expectThat|expect)\s*\(/g,
      match: ['assertEquals(1, a)', 'Assertions.assertThrows(E.class, f)', 'verify(mock).call()'],
      notMatch: ['void assertSame(', 'failed(a)'],
    },
    {
      pattern: /(?<![\w.@])assert(?=\s)/g,
      match: ['assert a == 1;'],
      notMatch: ['assertEquals(1, a)'],
    },
    {
      pattern: /^[^\n]*\bshould(?:Be|NotBe|Throw|Contain|Equal|Have|Match)\w*\b/gm,
      match: ['a shouldBe 1'],
      notMatch: ['fun shouldAdd() {'],
    },
  ],
  trivial: [
    {
      pattern:
        /^(?:\w+\.)*(?:assertTrue\((?:"[^"]*",)?true|assertFalse\((?:"[^"]*",)?false|assert(?:Equals|Same)\((.+),\1)[,)]/g,
      match: ['assertTrue(true)', 'Assertions.assertEquals(a,a)', 'assertFalse("x",false)'],
      notMatch: ['assertTrue(a)', 'assertEquals(a,b)', 'assertNotEquals(a,a)'],
    },
    {
      pattern:
        /^(?:\w+\.)*assertThat\((.+)\)\.(?:isEqualTo|isSameAs)\(\1\)|^assertThat\(true\)\.isTrue|^assert true\b/g,
      match: ['assertThat(a).isEqualTo(a)', 'assertThat(true).isTrue()', 'assert true'],
      notMatch: ['assertThat(a).isEqualTo(b)', 'assert a'],
    },
  ],
  suppressions: [
    {
      pattern: /@(?:file:)?Suppress(?:Warnings|Lint|FBWarnings)?\b/g,
      where: 'code',
      match: ['@SuppressWarnings("unchecked")', '@Suppress("UNUSED")', '@file:Suppress("x")'],
      notMatch: ['Suppressed'],
    },
    {
      pattern: /\bNOSONAR\b|\bNOPMD\b|\bCHECKSTYLE:\s*OFF\b|\bktlint-disable\b|\bnoinspection\b/g,
      where: 'comment',
      match: ['// NOSONAR', '// CHECKSTYLE:OFF', '//noinspection unused'],
      notMatch: ['// CHECKSTYLE:ON'],
    },
  ],
};
