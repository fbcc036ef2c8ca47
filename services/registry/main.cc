#include "service/run.h"
#include "services/registry/config.h"
#include "services/registry/wiring.h"

int main(int argc, char** argv) {
  return webhook::service::Run<webhook::Registry>("registry", webhook::DeclareSettings, argc, argv);
}
