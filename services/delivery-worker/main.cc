#include "service/run.h"
#include "services/delivery-worker/config.h"
#include "services/delivery-worker/wiring.h"

int main(int argc, char** argv) {
  return webhook::service::Run<webhook::Worker>("delivery-worker", webhook::DeclareSettings, argc, argv);
}
