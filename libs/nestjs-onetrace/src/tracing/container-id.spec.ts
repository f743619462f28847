import { expect, it } from '@jest/globals';
import { containerId } from './container-id.js';

const ID = 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90';
const POD = 'pod7e4f0d2a_1b3c_4d5e_8f90_a1b2c3d4e5f6';
const NONE = { cgroup: '0::/\n', mounts: '22 28 0:21 / /sys rw - sysfs sysfs rw\n' };

it.each<[string, Partial<typeof NONE>, string | undefined]>([
  ['Docker, cgroup v1', { cgroup: `13:pids:/docker/${ID}\n12:cpu,cpuacct:/docker/${ID}\n` }, ID],
  ['Docker under systemd', { cgroup: `0::/system.slice/docker-${ID}.scope\n` }, ID],
  ['Kubernetes, cgroup v1', { cgroup: `11:memory:/kubepods/burstable/${POD}/${ID}\n` }, ID],
  [
    'Kubernetes with containerd',
    { cgroup: `1:name=systemd:/kubepods.slice/${POD}.slice/cri-containerd-${ID}.scope\n` },
    ID,
  ],
  [
    'containerd with a colon',
    { cgroup: `1:name=systemd:/system.slice/containerd.service/kubepods-${POD}:cri-containerd:${ID}\n` },
    ID,
  ],
  [
    'Docker, cgroup v2',
    { mounts: `600 580 8:1 /var/lib/docker/containers/${ID}/hostname /etc/hostname rw,relatime - ext4 /dev/sda1 rw\n` },
    ID,
  ],
  [
    'Podman, cgroup v2',
    {
      mounts: `700 680 0:60 /containers/storage/overlay-containers/${ID}/userdata/resolv.conf /etc/resolv.conf rw - tmpfs tmpfs rw\n`,
    },
    ID,
  ],
  [
    'the sandbox of a pod, which is another container',
    {
      mounts: `600 580 8:1 /var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${ID}/hostname /etc/hostname rw - ext4 x rw\n`,
    },
    undefined,
  ],
  ['no container', {}, undefined],
  ['a system without these files', { cgroup: '', mounts: '' }, undefined],
])('finds the container ID: %s', (_what, files, expected) => {
  const { cgroup, mounts } = { ...NONE, ...files };
  expect(containerId((path) => (path.endsWith('cgroup') ? cgroup : mounts))).toBe(expected);
});
