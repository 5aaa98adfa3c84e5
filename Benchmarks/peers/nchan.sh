#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# nginx with nchan: what is posted to /publish goes to every WebSocket at /watch. One worker process.
# Usage: nchan.sh PORT FOLDER
set -euo pipefail
cat > "$2/nginx.conf" << CONF
load_module /usr/lib/nginx/modules/ngx_nchan_module.so;
daemon off;
master_process on;
worker_processes 1;
worker_rlimit_nofile 20000;
pid $2/nginx.pid;
error_log $2/error.log;
events {
    worker_connections 19900;
    use epoll;
    multi_accept on;
}
http {
    access_log off;
    client_body_temp_path $2/body;
    proxy_temp_path $2/proxy;
    fastcgi_temp_path $2/fastcgi;
    uwsgi_temp_path $2/uwsgi;
    scgi_temp_path $2/scgi;
    keepalive_requests 1000000;
    nchan_shared_memory_size 256M;
    nchan_message_buffer_length 100;
    nchan_message_timeout 10s;
    server {
        listen 127.0.0.1:$1 backlog=4096;
        location = /publish {
            nchan_publisher;
            nchan_channel_id all;
        }
        location = /watch {
            nchan_subscriber websocket;
            nchan_channel_id all;
            nchan_subscriber_first_message newest;
        }
    }
}
CONF
exec nginx -p "$2" -e "$2/error.log" -c "$2/nginx.conf"
