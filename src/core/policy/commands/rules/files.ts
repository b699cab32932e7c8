import type { CommandRule } from '../rule.ts';
import { list } from './lists.ts';

/** What deletes and writes. */
export const FILE_RULES: readonly CommandRule[] = [
  {
    id: 'delete-outside',
    decision: 'forbid',
    hard: true,
    pattern: [list('rm rmdir unlink shred srm trash wipe')],
    operands: 'outside',
    justification: 'deletes outside the tree',
    match: ['rm -rf /', 'rm -rf ~', 'rm ../x', 'rm -rf /*', 'shred /etc/x'],
    notMatch: ['rm src/a.ts', 'rm -rf /tmp/x'],
  },
  {
    id: 'find-outside',
    decision: 'forbid',
    hard: true,
    pattern: ['find'],
    with: list('-delete -fprint -fprintf -fprint0 -fls'),
    operands: 'outside',
    justification: 'deletes or writes outside the tree',
    match: ['find / -delete', 'find .. -name x -delete', 'find . -fprintf /etc/x a'],
    notMatch: ['find . -delete'],
  },
  {
    id: 'protected-files',
    decision: 'forbid',
    pattern: [list('rm rmdir mv cp ln install tee dd truncate chmod chown sed perl patch rsync')],
    with: list('.git .git/ ./.git .speckit speckit.toml ./speckit.toml'),
    justification: 'these files decide what counts and what runs',
    match: ['rm -rf .git', 'cp x speckit.toml'],
    notMatch: ['rm a'],
  },
  {
    id: 'delete',
    decision: 'ask',
    pattern: [list('rm rmdir unlink shred srm trash wipe')],
    justification: 'deletes',
    match: ['rm a', 'rm -rf /tmp/x'],
    notMatch: ['ls'],
  },
  {
    id: 'write-system',
    decision: 'forbid',
    hard: true,
    pattern: [list('tee chmod chown chgrp chattr setfacl truncate dd mkfs fallocate')],
    operands: 'outside',
    justification: 'changes files outside the tree',
    match: ['tee /etc/hosts', 'dd if=x of=/dev/sda', 'chmod 777 /etc'],
    notMatch: ['tee out.log', 'dd if=a of=b'],
  },
  {
    id: 'write-outside',
    decision: 'forbid',
    pattern: [list('mv cp ln link install touch mkdir mkfifo mknod rsync unzip tar patch split csplit scp zip gzip')],
    operands: 'outside',
    justification: 'reads or writes outside the tree',
    match: ['cp a ../b', 'ln -s /etc/passwd x', 'mkdir /x', 'tar -xf a.tar -C /'],
    notMatch: ['cp a b', 'mkdir x'],
  },
  {
    id: 'edit-outside',
    decision: 'forbid',
    pattern: [list('sed perl ruby awk gawk')],
    with: list('-i --in-place -pi inplace -i.bak'),
    operands: 'outside',
    justification: 'changes files outside the tree',
    match: ['sed -i s/a/b/ /etc/passwd', 'perl -pi -e x ../a'],
    notMatch: ['sed -i s/a/b/ src/a.ts', 'sed -n 1p /etc/passwd'],
  },
  {
    id: 'change-files',
    decision: 'ask',
    pattern: [
      list(
        'mv cp ln link install tee dd truncate chmod chown chgrp patch split csplit unzip tar zip gzip gunzip bzip2 xz rename mkfifo mknod ed ex vi vim nvim nano emacs sed perl',
      ),
    ],
    justification: 'changes files past the plan: patches are looked at, this is not',
    match: ['cp a b', 'tee out.log', 'sed -i s/a/b/ x'],
    notMatch: ['ls'],
  },
  {
    id: 'disk',
    decision: 'forbid',
    hard: true,
    pattern: [
      list(
        'mkfs mkfs.ext4 mkfs.xfs mkfs.vfat mke2fs mkswap fdisk sfdisk gdisk parted wipefs blkdiscard hdparm losetup cryptsetup diskutil swapon swapoff lvremove vgremove',
      ),
    ],
    justification: 'changes disks',
    match: ['mkfs.ext4 /dev/sda1', 'wipefs -a x'],
    notMatch: ['df'],
  },
];
