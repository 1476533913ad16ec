# SPDX-License-Identifier: Apache-2.0
# The demo as an image: docker build -t taskscope-demo .
# Built in the image of Maven, run in that of a JRE, as a user of its own. The agent is in lib/, where the manifest finds it.

FROM maven:3.9.16-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/m2 \
    mvn -B -ntp -q -Dmaven.repo.local=/m2 -Dfast -Dmaven.test.skip -pl scope-demo -am package \
    && mkdir /app \
    && cp -r scope-demo/target/scope-demo.jar scope-demo/target/lib /app/

FROM eclipse-temurin:25-jre AS demo
LABEL org.opencontainers.image.title="Taskscope demo" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --no-create-home --uid 10001 --shell /usr/sbin/nologin demo
COPY --from=build /app /app
WORKDIR /tmp
USER 10001:10001
EXPOSE 8080 9464
# SIGTERM reaches Java, which stops the tree in order.
STOPSIGNAL SIGTERM
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-jar", "/app/scope-demo.jar"]
CMD ["--bind=0.0.0.0", "--port=8080", "--metrics-port=9464"]
