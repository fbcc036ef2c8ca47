#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/sim/crash_points.h"
#include "tests/sim/mutations.h"
#include "tests/sim/run_seed.h"

namespace webhook::sim {
namespace {

constexpr char kHelp[] =
    R"(sim: the delivery-worker's engine under virtual time, with faults by seed.

  sim --seeds N [--from S]    runs the seeds S to S+N-1; S is 1 by default
  sim --seed S [--verbose]    runs one seed again; --verbose prints what happens in it
  sim --crash-points          ends the worker at every effect of a small run, and at every pair of effects
  sim --mutate NAME|all       takes a guard away and counts the seeds until that is noticed
                              (--seeds N: at most; 1000 by default)
  sim --list                  names the mutations
Exit: 0 all held, 1 something did not, 2 misuse.
)";

struct Options {
  std::uint64_t from = 1;
  std::uint64_t seeds = 0;
  bool verbose = false;
  bool crash_points = false;
  std::string mutate;
};

int RunSeeds(const Options& options) {
  constexpr std::uint64_t kProgress = 250;
  constexpr int kMostFailures = 10;
  Counts all;
  double hours = 0;
  int failed = 0;
  std::uint64_t run = 0;
  for (; run < options.seeds && failed < kMostFailures; ++run) {
    const std::uint64_t seed = options.from + run;
    const Outcome outcome = RunSeed(seed, {}, options.verbose);
    hours += static_cast<double>(outcome.lasted.count()) / 3.6e9;
    all.Add(outcome.counts);
    if (outcome.failure) {
      ++failed;
      std::printf("sim --seed %llu    %s at %.3f s: %s\n", static_cast<unsigned long long>(seed),
                  outcome.failure->invariant.c_str(), static_cast<double>(outcome.failure->at.count()) / 1e6,
                  outcome.failure->text.c_str());
      std::fflush(stdout);
    }
    if ((run + 1) % kProgress == 0) {
      std::printf("%llu seeds, %.0f virtual hours, %d failed\n", static_cast<unsigned long long>(run + 1),
                  hours, failed);
      std::fflush(stdout);
    }
  }
  const auto number = [](std::int64_t value) { return static_cast<long long>(value); };
  std::printf(
      "%llu seeds, %.1f virtual hours, %d failed\n"
      "  deliveries %lld, requests %lld, sent twice %lld (strays "
      "%lld), parked %lld (one at most %d times)\n"
      "  kills %lld, other faults %lld, partitions handed over %lld, "
      "commits %lld\n",
      static_cast<unsigned long long>(run), hours, failed, number(all.deliveries), number(all.requests),
      number(all.duplicates), number(all.strays), number(all.parked), all.most_parks, number(all.kills),
      number(all.faults), number(all.handovers), number(all.commits));
  return failed == 0 ? 0 : 1;
}

bool Parse(int argc, char** argv, Options* options) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const char* const value = i + 1 < argc ? argv[i + 1] : nullptr;
    const auto number = [&](std::uint64_t* to) {
      if (value == nullptr) return false;
      char* end = nullptr;
      *to = std::strtoull(value, &end, 10);
      ++i;
      return end != value && *end == '\0';
    };
    if (word == "--seeds") {
      if (!number(&options->seeds)) return false;
    } else if (word == "--from") {
      if (!number(&options->from)) return false;
    } else if (word == "--seed") {
      if (!number(&options->from)) return false;
      options->seeds = 1;
    } else if (word == "--verbose") {
      options->verbose = true;
    } else if (word == "--crash-points") {
      options->crash_points = true;
    } else if (word == "--mutate" && value != nullptr) {
      options->mutate = value;
      ++i;
    } else {
      return false;
    }
  }
  return options->seeds > 0 || options->crash_points || !options->mutate.empty();
}

int Main(int argc, char** argv) {
  if (argc == 2 && std::strcmp(argv[1], "--help") == 0) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  if (argc == 2 && std::strcmp(argv[1], "--list") == 0) {
    for (const Mutation& mutation : AllMutations())
      std::printf("%-20s %s\n", mutation.name, mutation.takes_away);
    return 0;
  }
  Options options;
  if (!Parse(argc, argv, &options)) {
    std::fputs(kHelp, stderr);
    return 2;
  }
  if (options.crash_points) return RunCrashPoints();
  if (!options.mutate.empty())
    return RunMutations(options.mutate, options.from, options.seeds > 0 ? options.seeds : 1'000);
  return RunSeeds(options);
}

}  // namespace
}  // namespace webhook::sim

int main(int argc, char** argv) {
  return webhook::sim::Main(argc, argv);
}
