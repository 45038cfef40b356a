// The first and only process of the emulated machine of scripts/emulate-native.mjs: says what processor it runs on,
// runs /program with the arguments in /arguments (one a line), says how that ended, and switches the machine off.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { kMostArguments = 64 };

static char line[1 << 16];

static void sayProcessor(void) {
  FILE* info = fopen("/proc/cpuinfo", "r");
  while (info && fgets(line, sizeof line, info)) {
    if (strncmp(line, "model name", 10) == 0) printf("processor%s", strchr(line, ':'));
    if (strncmp(line, "flags", 5) != 0) continue;
    printf("features:");
    for (char* flag = strtok(line, " \t\n"); flag; flag = strtok(NULL, " \t\n")) {
      if (strncmp(flag, "avx", 3) == 0 || strncmp(flag, "amx", 3) == 0) printf(" %s", flag);
    }
    printf("\n");
  }
  fflush(stdout);
}

static void runProgram(void) {
  static char program[] = "/program";
  char* arguments[kMostArguments + 1] = {program};
  FILE* given = fopen("/arguments", "r");
  for (int n = 1; given && n < kMostArguments && fgets(line, sizeof line, given); n++) {
    line[strcspn(line, "\n")] = 0;
    arguments[n] = strdup(line);
  }
  const pid_t child = fork();
  if (child == 0) {
    execv(program, arguments);
    perror(program);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) printf("ended by signal %d (%s)\n", WTERMSIG(status), strsignal(WTERMSIG(status)));
  else printf("ended with exit code %d\n", WEXITSTATUS(status));
  fflush(stdout);
}

int main(void) {
  mkdir("/proc", 0755);
  mkdir("/dev", 0755);
  mount("none", "/proc", "proc", 0, "");
  mount("none", "/dev", "devtmpfs", 0, "");
  const int console = open("/dev/ttyS0", O_RDWR);
  for (int descriptor = 0; descriptor < 3; descriptor++) dup2(console, descriptor);
  sayProcessor();
  runProgram();
  sleep(1);  // the serial line is slow
  reboot(RB_POWER_OFF);
  return 1;
}
