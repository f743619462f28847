import { readFileSync } from 'node:fs';

// Docker, containerd, CRI-O and Podman, at the end of a cgroup v1 path; systemd wraps the ID in a scope.
const CGROUP_LINE = /^\d+:[^:]*:.*[/:-]([0-9a-f]{64})(?:\.scope)?$/m;
// With cgroup v2 the path is `/`; what Docker and Podman mount still lies in the container's folder. (containerd's lies in that of
// the pod's sandbox, whose ID is another one.)
const MOUNT_LINE = /\/(?:overlay-)?containers\/([0-9a-f]{64})\/(?:userdata\/)?(?:hostname|resolv\.conf|hosts) \/etc\//;

/** ID of the container this process runs in; `undefined` outside of one. Reads Linux's cgroup (v1), then its mounts (v2). */
export function containerId(read: (path: string) => string = readText): string | undefined {
  return CGROUP_LINE.exec(read('/proc/self/cgroup'))?.[1] ?? MOUNT_LINE.exec(read('/proc/self/mountinfo'))?.[1];
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
