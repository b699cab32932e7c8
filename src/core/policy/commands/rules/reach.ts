import type { CommandRule } from '../rule.ts';
import { list } from './lists.ts';

const NETWORK = list(
  'curl wget http https aria2c axel lynx w3m links fetch yt-dlp gh glab hub dig nslookup host ping traceroute whois',
);

const PACKAGERS = list(
  'npm pnpm yarn bun cargo gem twine poetry uv hatch flit vsce ovsx lerna changeset semantic-release goreleaser mvn gradle gradlew ./gradlew dotnet nuget docker podman helm mix rebar3 dart flutter pod jsr deno melange conda anaconda',
);

/** What reaches the network, other machines, other processes, rights, or a decision about a run. */
export const REACH_RULES: readonly CommandRule[] = [
  {
    id: 'network',
    decision: 'ask',
    pattern: [NETWORK],
    justification: 'reaches the network',
    match: ['curl https://example.org', 'wget x'],
    notMatch: ['cat x'],
  },
  {
    id: 'remote',
    decision: 'forbid',
    pattern: [
      list(
        'ssh scp sftp rsync nc ncat netcat socat telnet ftp tftp rlogin rsh mosh autossh sshfs ngrok cloudflared tor torsocks proxychains ssh-keygen ssh-add ssh-copy-id nmap tcpdump rclone s3cmd',
      ),
    ],
    justification: 'opens a way to or from another machine',
    match: ['ssh host', 'nc -l 80', 'scp a b:c'],
    notMatch: ['curl x'],
  },
  {
    id: 'install-packages',
    decision: 'ask',
    pattern: [
      list(
        'npm pnpm yarn bun pip pip3 pipx uv poetry gem bundle composer cargo go brew apt apt-get dnf yum apk pacman conda',
      ),
    ],
    justification: "runs the project's or a stranger's code, or reaches a registry",
    match: ['npm install x', 'pip install x', 'npm run x', 'cargo build'],
    notMatch: ['ls'],
  },
  {
    id: 'interpreter',
    decision: 'ask',
    pattern: [
      list(
        'node deno python python3 ruby php lua java javac scala groovy R Rscript tclsh expect sqlite3 psql mysql make gmake cmake ninja mvn gradle dotnet swift jest mocha vitest pytest eslint prettier tox nox rake gcc g++ clang cc source .',
      ),
    ],
    justification:
      "runs a program or the project's own code, which a rule cannot read; declare it as a check, or allow it",
    match: ['node a.js', 'make', 'pytest -x', 'python3 -m http.server'],
    notMatch: ['ls'],
  },
  {
    id: 'publish',
    decision: 'forbid',
    hard: true,
    pattern: [PACKAGERS],
    with: list(
      'publish unpublish deprecate dist-tag adduser login yank upload push deploy owner release:publish nuget-push cask:publish',
    ),
    justification: 'publishes',
    match: [
      'npm publish',
      'cargo publish',
      'twine upload dist/x',
      'npm --prefix a publish',
      'docker push x',
      'yarn npm publish',
    ],
    notMatch: ['npm test', 'cargo build'],
  },
  {
    id: 'cloud',
    decision: 'forbid',
    pattern: [
      list(
        'aws gcloud az doctl heroku vercel netlify fly flyctl firebase wrangler serverless pulumi kubectl helm terraform tofu ansible ansible-playbook eksctl',
      ),
    ],
    justification: 'changes what runs elsewhere',
    match: ['kubectl delete pod x', 'terraform apply'],
    notMatch: ['ls'],
  },
  {
    id: 'containers',
    decision: 'forbid',
    pattern: [list('docker podman nerdctl lxc lxd vagrant buildah')],
    with: list('--privileged -v --volume --mount --pid --net --network --cap-add --device --security-opt'),
    justification: 'a container can be given the whole machine',
    match: ['docker run -v /:/host alpine'],
    notMatch: ['docker ps'],
  },
  {
    id: 'privilege',
    decision: 'forbid',
    hard: true,
    pattern: [
      list(
        'sudo sudoedit doas su pkexec runuser setpriv gosu su-exec chroot unshare nsenter capsh setcap passwd chpasswd chsh useradd userdel usermod groupadd groupmod visudo mount umount insmod rmmod modprobe bwrap firejail newgrp polkit ld.so',
      ),
    ],
    justification: 'takes or gives rights',
    match: ['sudo ls', 'su -c x', 'chroot /'],
    notMatch: ['ls'],
  },
  {
    id: 'machine',
    decision: 'forbid',
    hard: true,
    pattern: [
      list(
        'shutdown reboot halt poweroff init telinit systemctl service launchctl initctl sysctl iptables nft ip ifconfig route crontab at batch atd systemd-run',
      ),
    ],
    justification: 'changes the machine, or leaves something behind that runs later',
    match: ['shutdown -h now', 'crontab x', 'systemctl stop x'],
    notMatch: ['ls'],
  },
  {
    id: 'processes',
    decision: 'forbid',
    pattern: [
      list('kill killall pkill skill xkill renice gdb lldb strace ltrace ptrace reptyr disown dbus-send osascript'),
    ],
    justification: 'reaches into other processes',
    match: ['kill -9 1', 'pkill node'],
    notMatch: ['ls'],
  },
  {
    id: 'self-approval',
    decision: 'forbid',
    hard: true,
    pattern: [['speckit', 'speckit-auto']],
    with: list(
      'approve allow unlock reject edit undo auto resume stop pause tell clarify init new specify plan tasks implement validate audit sample gc replay export',
    ),
    justification: 'only a person decides about a run, and never from inside one',
    match: ['speckit approve R', 'speckit --json unlock S', 'speckit undo R'],
    notMatch: ['speckit status'],
  },
];
