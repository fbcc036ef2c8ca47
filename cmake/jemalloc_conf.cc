// Read by jemalloc before main: memory that is free goes back to the system after 5 s, also that of threads
// which no longer allocate (docs/adr/0021). The environment's MALLOC_CONF goes before it.
extern "C" {
extern const char* const malloc_conf;
const char* const malloc_conf = "background_thread:true,dirty_decay_ms:5000";
}
