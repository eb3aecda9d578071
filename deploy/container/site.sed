# Makes the site of the proxy's image from deploy/nginx.conf: docs/container.md has the command.
# It is no user that may open ports below 1024, and the product has a place of its own.
s/listen 443 /listen 8443 /
s/listen \[::\]:443 /listen [::]:8443 /
s/listen 80\b/listen 8080/
s/listen \[::\]:80\b/listen [::]:8080/
s|http://127\.0\.0\.1:8000|http://10.89.44.2:8000|
s|/var/log/nginx/clinic\.log|/dev/stdout|
s|/var/log/nginx/clinic-error\.log|stderr|
