"""`python -I -S launch.py PARENT SIGNAL USER CAPABILITY COMMAND...`: become COMMAND, which ends with its parent.

Linux sends SIGNAL to the process when PARENT has ended for whatever reason, so that nothing outlives a supervisor that
was killed. The process first becomes USER (`-`: stays who it is), because PostgreSQL refuses to run as root. CAPABILITY
`1` keeps the right to enter folders that only root may enter, such as a checkout below `/root`. Imports nothing but the
standard library and runs without `site`, so that it costs about 20 ms.
"""

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


def become_user(user: str, keep_capability: bool) -> None:
    """Become `user` instead of root, irrevocably."""
    entry = pwd.getpwnam(user)
    libc = ctypes.CDLL(None, use_errno=True)
    if keep_capability:
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    if keep_capability:
        bit = 1 << CAP_DAC_OVERRIDE
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
        libc.capset(header, data)
        libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)
    os.environ["HOME"] = "/"


def die_with_parent(parent: int, signal_number: int) -> None:
    """Request `signal_number` for when the parent ends; exit at once where it has ended already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def main(arguments: list[str]) -> None:
    """Run the command in the place of this process, under the same id; never returns."""
    parent, signal_number, user, capability, *command = arguments
    if user != "-":
        become_user(user, capability == "1")
    # After the change of user: that clears the request.
    die_with_parent(int(parent), int(signal_number))
    os.execvp(command[0], command)  # noqa: S606 - the point of this program


if __name__ == "__main__":
    main(sys.argv[1:])
