# The shipped examples of the drop-in modules, under the table of doors: their server as it stands, with what else an
# operator may put into it and into the protected location. No credential arrives at any backend.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;
use TestNginx::Ways;

my $as = run_origin();
my %answer = (active => JSON::PP::true, aud => 'https://mcp.example.com/mcp', scope => 'mcp:read');
$as->answer('/introspect', body => to_json(\%answer), when => [['token-low', { body => to_json({ %answer, scope => 'other' }) }]]);

my %tokens = (
    'nginx-jwt.conf'        => sub ($scope) { mint('p256', claims(iss => 'https://auth.example.com', aud => 'https://mcp.example.com/mcp', scope => $scope)) },
    'nginx-introspect.conf' => sub ($scope) { ($scope eq 'other' ? 'token-low-' : 'token-good-') . 'x' x 20 },
);

# An example's http block, on ports and addresses of this test, with the ways beside its own locations; and the directives
# of its protected location.
sub example ($name) {
    my $text = TestNginx::Report::slurp("$TestNginx::repository/examples/$name");
    my ($http) = $text =~ /^http \{\n(.*)^\}/ms or die "no http block in $name\n";
    $http =~ s/listen 443 ssl;/$TestNginx::Ways::listen/ or die "no listen in $name\n";
    $http =~ s/^ *(?:proxy_)?ssl_.*\n//mg;
    $http =~ s/include conf\//include $TestNginx::conf\//g;
    $http =~ s/server 127\.0\.0\.1:3001;/'server 127.0.0.1:' . $backend->port . ';'/e;
    $http =~ s/server 192\.0\.2\.10:443;/'server 127.0.0.1:' . $as->port . ';'/e;
    $http =~ s/https:\/\/authorization_server/http:\/\/authorization_server/;
    $http =~ s/proxy_pass http:\/\/mcp_backend;/proxy_set_header X-Backend mcp; $&/;
    my ($inside) = $http =~ /location ~ \^\/mcp\S* \{\n(.*?)\n        \}/s or die "no protected location in $name\n";
    $inside =~ s/proxy_set_header X-Backend mcp; proxy_pass \S+;|proxy_read_timeout \S+;|#.*//g;
    $TestNginx::Doors::door = $inside;
    $http =~ s/^(        server_name .*\n)/$1 . ways_locations() . "%%ROWS%%\n"/me;
    return (ways_http() . $http, $inside);
}

# The snippets have pages of their own for who is refused, which come first, and no "post_action" behind them.
sub with_pages_of_snippets (@ways) {
    return map {
        my @way = @$_;
        $way[2] =~ s/\A401\b.*/401/, $way[3] =~ s/\A403\b.*/403/, $way[4] =~ s{\A401 \S+\K page}{};
        \@way;
    } grep { $_->[5] !~ /error_page[^;]*\b403\b/ } @ways;
}

for my $name (sort keys %tokens) {
    my ($http, $door) = example($name);
    $TestNginx::Doors::identity   = '';
    $TestNginx::Doors::sent       = \@forged_credentials;
    $TestNginx::Doors::good_token = sub { $tokens{$name}->('mcp:read') };
    $TestNginx::Doors::low_token  = sub { $tokens{$name}->('other') };
    my @own = (
        ["$name: as it is shipped",           '/mcp',   '401', '403', '200 mcp', ''],
        ["$name: below",                      '/mcp/x', '401', '403', '200 mcp', ''],
        ["$name: a POST",                     '/mcp',   '401', '403', '200 mcp(body)', '', @post],
        (map { ["$name: a token in the query, $_->[0]", "/mcp?$_->[1]", '400', '400', '400', ''] }
            ['plain', 'access_token=forged-token&x=1'], ['behind ";"', 'x=1;access_token=forged-token'], ['percent-encoded', 'access%5ftoken=forged-token']),
        ["$name: a nested location with headers of its own", '/nested/in', '401', '403', '200 mcp', "location /nested { $door location /nested/in { proxy_set_header X-Nested x; " . to('mcp') . '} }'],
        ["$name: a query of such a location", '/nested/in?access_token=forged-token', '400', '400', '400', ''],
        way("$name: a query behind rewrite ... break", '400', '400', '400', 'rewrite ^ /mcp break;', query => '?access_token=forged-token'),
    );
    my %files = (ways_files(), 'keys/jwks.json' => jwks('p256'), 'keys/client-secret' => "secret\n");
    check_doors($http, \%files, @own, with_pages_of_snippets(refused_ways(), unjudged_ways(), passed_ways()));
}

finish();
