# A cache of nginx' own that serves clients as well never gives keys that some other answer brought: in the location of the
# key request, $request_uri and the like are those of the key request.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as   = run_origin();
my $port = $as->port;
$as->answer('/jwks', body => jwks('p256'));
$as->answer($_, body => jwks('p256_other')) for map { my $of = $_; map { "/api/$of/$_" } qw(plain kept plain/upload kept/upload) } qw(uri line map host);
my %keys = (
    uri  => '$scheme$request_method$host$request_uri',
    line => '$request',
    map  => '$mapped',
    host => '$scheme$proxy_host$request_uri',
);
my $servers = join '', map { my $of = $_; <<"CONF" } sort keys %keys;
    server {
        listen 127.0.0.1:%%PORT_\U$of\E%%;
        proxy_cache all; proxy_cache_valid 200 10m; proxy_cache_key "$of $keys{$of}";
        auth_jwt "site";
        set \$touch "\$mapped\$request_uri\$request\$request_method";
        location /api/$of/plain { auth_jwt_key_request /_jwks; if (\$mapped) { set \$touch 1; } proxy_pass http://127.0.0.1:$port; }
        location /api/$of/kept  { auth_jwt_key_request /_jwks; auth_jwt_key_cache 1s; proxy_pass http://127.0.0.1:$port; }
        location /files/        { auth_jwt off; rewrite ^/files(/.*) \$1 break; proxy_pass http://127.0.0.1:$port; }
        location = /_jwks       { internal; auth_jwt off; proxy_pass http://127.0.0.1:$port; rewrite ^ /jwks break; }
    }
CONF
my $nginx = run_nginx(<<"CONF");
    map \$request_uri \$mapped { default \$request_uri; }
    proxy_cache_path %%TESTDIR%%/cache keys_zone=all:1m;
    $servers
CONF
my ($good, $forged) = (mint('p256'), mint('p256_other'));
for my $of (sort keys %keys) {
    my @port = (port => "PORT_\U$of");
    for my $path ("/api/$of/plain", "/api/$of/kept") {
        my $first = $nginx->get($path, @port, token => $good);
        is $first->status, 200, "$path: a good token passes";
        is $first->body, jwks('p256_other'), "$path: the API answers with what it has, and not with keys that were cached";
        # While keys are kept, the API's answer comes first into the cache.
        is $nginx->get("$path/upload", @port, token => $good)->status, 200, "$path: another path of the API";
        sleep 2 if $path =~ /kept/;
        is $nginx->get("$path/upload", @port, token => $forged)->status, 401, "$path: what a client left there never makes its token pass";
        is $nginx->get($path, @port, token => $forged)->status, 401, "$path: the API's answer is none with keys";
        is $nginx->get($path, @port, token => $good)->status, 200, "$path: and keeps no good token out";
    }
}
is scalar(() = $as->requests('/jwks')), scalar keys %keys, 'each key location asks once, and then serves from the cache';

finish();
