import type { DetectedChecks, Project } from '../detectChecks.ts';

/** Maven, by its wrapper where there is one. */
export async function detectMaven({ paths }: Project): Promise<DetectedChecks | undefined> {
  if (!paths.has('pom.xml')) return undefined;
  const maven = paths.has('mvnw') ? 'sh ./mvnw' : 'mvn';
  return {
    ecosystem: 'maven',
    setup: { command: `${maven} --batch-mode dependency:go-offline`, why: 'pom.xml' },
    checks: [
      { name: 'compile', command: `${maven} --batch-mode test-compile`, kind: 'compile', why: 'pom.xml' },
      { name: 'test', command: `${maven} --batch-mode test`, kind: 'test', why: 'pom.xml' },
    ],
  };
}

/** Gradle, by its wrapper where there is one. No daemon: what a command starts ends with it. */
export async function detectGradle({ paths }: Project): Promise<DetectedChecks | undefined> {
  const build = ['settings.gradle.kts', 'settings.gradle', 'build.gradle.kts', 'build.gradle'].find((path) =>
    paths.has(path),
  );
  if (build === undefined) return undefined;
  const gradle = `${paths.has('gradlew') ? 'sh ./gradlew' : 'gradle'} --no-daemon`;
  return {
    ecosystem: 'gradle',
    checks: [
      { name: 'compile', command: `${gradle} testClasses`, kind: 'compile', why: build },
      { name: 'test', command: `${gradle} test`, kind: 'test', why: build },
    ],
  };
}
