# webhook_proto(): generated messages and gRPC stubs as webhook::proto. Generated code is SYSTEM: our warnings are not its.
function(webhook_proto)
  set(out ${PROJECT_BINARY_DIR}/proto)
  file(MAKE_DIRECTORY ${out})
  foreach(proto IN LISTS ARGN)
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(files ${out}/${stem}.pb.cc ${out}/${stem}.pb.h ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
    add_custom_command(
      OUTPUT ${files}
      COMMAND protobuf::protoc --cpp_out=${out} --grpc_out=${out}
              --plugin=protoc-gen-grpc=$<TARGET_FILE:gRPC::grpc_cpp_plugin> -I ${CMAKE_CURRENT_SOURCE_DIR} ${proto}
      DEPENDS ${proto}
      WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
      VERBATIM)
    list(APPEND sources ${out}/${stem}.pb.cc ${out}/${stem}.grpc.pb.cc)
  endforeach()
  add_library(webhook_proto STATIC ${sources})
  target_compile_features(webhook_proto PUBLIC cxx_std_20)
  target_include_directories(webhook_proto SYSTEM PUBLIC ${out})
  target_link_libraries(webhook_proto PUBLIC gRPC::grpc++ protobuf::libprotobuf)
  add_library(webhook::proto ALIAS webhook_proto)
endfunction()
