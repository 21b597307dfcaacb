// Bar-by-bar backtest of given signals: the same state machine as the project's replay kernel, as a C programmer would
// write it. Prints one JSON object: the time of each repetition and the total returns in percent.
//
//   bar_by_bar FOLDER BARS TAPES CELLS RUNS CASH FEE SLIPPAGE      rates as fractions
//
// FOLDER/close.f32 holds the closes, FOLDER/tapes.u8 one byte per tape and bar (0 neutral, 1 long, 2 short),
// FOLDER/levels.f64 a stop and a target per cell as fractions of the entry fill, infinite for off.

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { NEUTRAL = 0, LONG = 1, SHORT = 2 };

typedef struct {
  double cash, fee, slippage;
} Account;

static double trade(const float *close, const uint8_t *signals, int bars, Account account, double stop, double target) {
  double available = account.cash, quote = 0, quantity = 0, floor = 0, ceiling = 0;
  int held = NEUTRAL, previous = NEUTRAL;
  for (int t = 0; t < bars; t++) {
    const double price = close[t];
    const int signal = signals[t];
    if (held != NEUTRAL && (signal != held || price <= floor || price >= ceiling)) {
      const int is_long = held == LONG;
      const double exit_quote = quantity * price * (is_long ? 1 - account.slippage : 1 + account.slippage);
      available += quote + (is_long ? exit_quote - quote : quote - exit_quote) - exit_quote * account.fee;
      held = NEUTRAL;
    }
    if (held == NEUTRAL && signal != NEUTRAL && signal != previous && available > 0) {
      const int is_long = signal == LONG;
      const double fill = price * (is_long ? 1 + account.slippage : 1 - account.slippage);
      quote = available;
      quantity = quote / fill;
      available -= quote + quote * account.fee;
      floor = fill * (1 - (is_long ? stop : target));
      ceiling = fill * (1 + (is_long ? target : stop));
      held = signal;
    }
    if (held != NEUTRAL && t == bars - 1) {
      const int is_long = held == LONG;
      const double exit_quote = quantity * price * (is_long ? 1 - account.slippage : 1 + account.slippage);
      available += quote + (is_long ? exit_quote - quote : quote - exit_quote) - exit_quote * account.fee;
    }
    previous = signal;
  }
  return (available / account.cash - 1) * 100;
}

static void *load(const char *folder, const char *name, size_t bytes) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  void *data = malloc(bytes);
  if (!file || !data || fread(data, 1, bytes, file) != bytes) {
    fprintf(stderr, "Cannot read %zu bytes of %s\n", bytes, path);
    exit(1);
  }
  fclose(file);
  return data;
}

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 9) {
    fprintf(stderr, "Cannot run with %d arguments, 8 are needed\n", argc - 1);
    return 2;
  }
  const int bars = atoi(argv[2]), tapes = atoi(argv[3]), cells = atoi(argv[4]), runs = atoi(argv[5]);
  const Account account = {atof(argv[6]), atof(argv[7]), atof(argv[8])};
  const float *close = load(argv[1], "close.f32", sizeof(float) * bars);
  const uint8_t *signals = load(argv[1], "tapes.u8", (size_t)tapes * bars);
  const double *levels = load(argv[1], "levels.f64", sizeof(double) * 2 * cells);
  double *returns = malloc(sizeof(double) * tapes * cells);
  printf("{\"elapsed_ms\":[");
  for (int run = 0; run < runs; run++) {
    const double started = now_ms();
    for (int tape = 0; tape < tapes; tape++) {
      for (int cell = 0; cell < cells; cell++) {
        returns[tape * cells + cell] =
            trade(close, signals + (size_t)tape * bars, bars, account, levels[2 * cell], levels[2 * cell + 1]);
      }
    }
    printf("%s%.6f", run ? "," : "", now_ms() - started);
  }
  printf("],\"returns\":[");
  for (int i = 0; i < tapes * cells; i++) printf("%s%.17g", i ? "," : "", returns[i]);
  printf("]}\n");
  return 0;
}
