#include "service/run.h"
#include "services/event-ingest/config.h"
#include "services/event-ingest/wiring.h"

int main(int argc, char** argv) {
  return webhook::service::Run<webhook::Ingest>("event-ingest", webhook::DeclareSettings, argc, argv);
}
